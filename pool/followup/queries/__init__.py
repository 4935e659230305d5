"""Reads about projects. Everything is ordered; every list starts from `visible_to`.

| module | reads |
|---|---|
| `projects` | projects and their reports, what is due, the picture by region and theme |
| `views` | how regions see the projects over each half-year: what was given, and what is asked |
"""

from .projects import (
    NOT_REPORTED,
    DueReport,
    Entry,
    Summary,
    by_region_and_theme,
    calendar,
    entries,
    found,
    get,
    half_year,
    handed_in,
    newest_view,
    of_application,
    report_of,
    reports_due,
    summarise,
    visible_to,
)
from .views import DueView, ViewLine, fits, view_calendar, view_lines, view_of, views_due

__all__ = [
    "NOT_REPORTED",
    "DueReport",
    "DueView",
    "Entry",
    "Summary",
    "ViewLine",
    "by_region_and_theme",
    "calendar",
    "entries",
    "fits",
    "found",
    "get",
    "half_year",
    "handed_in",
    "newest_view",
    "of_application",
    "report_of",
    "reports_due",
    "summarise",
    "view_calendar",
    "view_lines",
    "view_of",
    "views_due",
    "visible_to",
]
