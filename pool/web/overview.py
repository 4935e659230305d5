"""The overview of projects by theme and region, in the form of the programme's yearly annex.

Per theme the regions that take part; a joint project stands at each of its regions, with a mark. Pure: from
awards to groups, to rows for a spreadsheet, to a document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pool.core.money import format_euros
from pool.core.pdf import Column, Document, Run, Sender
from pool.core.text import format_count, format_date, plural

from .queries import Award, fold

JOINT_MARK = "*"
JOINT_NOTE = (
    "* In samenwerking met een of meer andere regio's. Zo'n project staat bij elke regio die meedoet."
)


@dataclass(frozen=True)
class RegionGroup:
    """The projects of one region within a theme."""

    name: str
    slug: str
    awards: tuple[Award, ...]

    @property
    def mark(self) -> str:
        """How the region is written in short: with a star when every project is joint, and the number when several."""
        star = JOINT_MARK if any(award.is_joint for award in self.awards) else ""
        return star + (f" ({len(self.awards)}x)" if len(self.awards) > 1 else "")


@dataclass(frozen=True)
class ThemeGroup:
    """A theme with the regions that take part, by name."""

    name: str
    regions: tuple[RegionGroup, ...]
    projects: int

    @property
    def entries(self) -> int:
        return sum(len(region.awards) for region in self.regions)


@dataclass(frozen=True)
class Overview:
    """Everything of one round. entries: a joint project counts once per region. awarded in cents."""

    title: str
    scheme: str
    year: int
    invented: str
    made_up: bool
    themes: tuple[ThemeGroup, ...]
    projects: int
    entries: int
    regions: int
    awarded: int
    decided_on: dt.date | None

    @property
    def has_joint(self) -> bool:
        return self.entries > self.projects


def build(awards: Sequence[Award]) -> Overview | None:
    """Group the awards of one round; None when there are none."""
    if not awards:
        return None
    round_ = awards[0].round
    by_theme: dict[str, list[Award]] = {}
    order: dict[str, int] = {}
    for award in awards:
        by_theme.setdefault(award.theme_name, []).append(award)
        order[award.theme_name] = award.theme_order
    themes = tuple(
        ThemeGroup(name, _regions(by_theme[name]), len(by_theme[name]))
        for name in sorted(by_theme, key=lambda name: (order[name], name))
    )
    return Overview(
        title=round_.title,
        scheme=round_.scheme.name,
        year=round_.year,
        invented=round_.invented,
        made_up=any(award.invented for award in awards),
        themes=themes,
        projects=len(awards),
        entries=sum(theme.entries for theme in themes),
        regions=len({region.slug for award in awards for region in award.regions}),
        awarded=sum(award.amount for award in awards),
        decided_on=max(award.decided_on for award in awards),
    )


def _regions(awards: Sequence[Award]) -> tuple[RegionGroup, ...]:
    found: dict[str, list[Award]] = {}
    names: dict[str, str] = {}
    for award in awards:
        for region in award.regions:
            found.setdefault(region.slug, []).append(award)
            names[region.slug] = region.name
    return tuple(
        RegionGroup(names[slug], slug, tuple(found[slug]))
        for slug in sorted(found, key=lambda slug: fold(names[slug]))
    )


# --- as a spreadsheet -------------------------------------------------------------------------------------

CSV_HEADER = ("thema", "regio", "project", "gemeente", "gezamenlijk", "andere regio's", "verzonnen")


def csv_rows(overview: Overview) -> list[tuple[str, ...]]:
    """A row per theme, region and project."""
    return [
        (
            theme.name,
            region.name,
            award.title,
            award.municipality,
            "ja" if award.is_joint else "nee",
            ", ".join(name for name in award.region_names if name != region.name),
            made_up(award),
        )
        for theme in overview.themes
        for region in theme.regions
        for award in region.awards
    ]


def made_up(award: Award) -> str:
    """What of an award is invented, in a sentence; empty when nothing is."""
    own = "Dit project is verzonnen voor de demonstratie." if award.invented else ""
    return " ".join(part for part in (own, award.round.invented) if part)


# --- as a document ----------------------------------------------------------------------------------------


def totals(overview: Overview) -> list[tuple[str, str]]:
    """The numbers of the overview, as they are read."""
    return [
        ("Projecten", format_count(overview.projects)),
        ("Deelnames van regio's", format_count(overview.entries)),
        ("Thema's", format_count(len(overview.themes))),
        ("Regio's", format_count(overview.regions)),
        ("Toegekend", format_euros(overview.awarded, whole=True)),
    ]


def document(overview: Overview, moment: dt.datetime) -> Document:
    """The overview as a tagged document. moment: of the decisions, so that equal facts give equal bytes."""
    made = Document(
        title=f"Overzicht van projecten: {overview.title}",
        subject="Toegekende projecten per thema en regio",
        moment=moment,
        sender=Sender("Projectenpool"),
        reference=overview.title,
    )
    made.heading(1, f"Overzicht van projecten: {overview.title}")
    made.paragraph(
        f"Dit zijn de projecten die zijn toegekend in {overview.title} ({overview.scheme}), per thema en per regio."
    )
    if overview.invented:
        made.note([Run("Verzonnen. ", bold=True), overview.invented])
    if overview.made_up:
        made.note("Projecten met ‘(verzonnen)’ erachter zijn verzonnen voor de demonstratie.")
    made.facts(totals(overview))
    if overview.has_joint:
        made.paragraph(JOINT_NOTE)
    made.heading(2, "Regio's per thema")
    made.table(
        "Welke regio's meedoen, per thema",
        [
            Column("Thema", 45),
            Column("Regio's"),
            Column("Projecten", 22, numeric=True),
            Column("Deelnames", 24, numeric=True),
        ],
        [
            (
                theme.name,
                ", ".join(region.name + region.mark for region in theme.regions),
                format_count(theme.projects),
                format_count(theme.entries),
            )
            for theme in overview.themes
        ],
        total=("Samen", "", format_count(overview.projects), format_count(overview.entries)),
    )
    made.heading(2, "Projecten per thema")
    for theme in overview.themes:
        made.heading(3, theme.name)
        made.table(
            f"{theme.name}: {plural(theme.projects, 'project', 'projecten')}",
            [Column("Regio", 48), Column("Project"), Column("Gemeente", 42)],
            [
                (region.name, _title(award), award.municipality)
                for region in theme.regions
                for award in region.awards
            ],
        )
    if overview.decided_on:
        made.paragraph(f"De besluiten zijn genomen tot en met {format_date(overview.decided_on)}.")
    return made


def _title(award: Award) -> str:
    star = f" {JOINT_MARK}" if award.is_joint else ""
    return f"{award.title}{star}{' (verzonnen)' if award.invented else ''}"
