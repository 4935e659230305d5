"""The verbs about projects.

| module | holds |
|---|---|
| `projects` | start, report, finish and stop |
| `views` | how a region sees a project over a half-year, and reminding who has not said it |
"""

from .projects import StaleReport, finish, save_report, start, stop, submit_report
from .views import StaleView, give_view, plan_reminders, remind_leads

__all__ = [
    "StaleReport",
    "StaleView",
    "finish",
    "give_view",
    "plan_reminders",
    "remind_leads",
    "save_report",
    "start",
    "stop",
    "submit_report",
]
