"""Which application tackles which bottleneck, as one person may know it: the table, what is left, and agreement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from pool.applications.models import Application
from pool.core.text import format_points, join_words
from pool.rounds import queries as rounds
from pool.rounds.inputs import Bottleneck
from pool.rounds.models import Round

from ..calibration.words import Remark
from ..models import AgreedMark
from .coding import agreed_marks, marks_by_bottleneck
from .committee import in_assessment

WIDE = 2
"""Between two marks for one bottleneck, from which the committee should talk."""
COVERS_FROM = 2_000
"""Thousandths of a mark from which an application tackles a bottleneck: what is only named is not tackled."""

Knower = Callable[[Round], set[int] | None]
knowers: list[Knower] = []
"""Each gives the applications of a round that were awarded, or None while not everybody may know."""


def knows_awards(function: Knower) -> Knower:
    """Register who knows of awards: that is decided downstream."""
    knowers.append(function)
    return function


def awarded(round_: Round) -> set[int] | None:
    """The applications of a round that were awarded, once everybody may know; None before that."""
    return next((found for knower in knowers if (found := knower(round_)) is not None), None)


@dataclass(frozen=True)
class Cell:
    """One bottleneck of one application. marks: what assessors gave that counts, lowest first. agreed: the newest
    agreement of the committee, whether it still holds or not."""

    marks: tuple[int, ...] = ()
    agreed: AgreedMark | None = None

    @property
    def holds(self) -> bool:
        """Whether there is an agreement, about the marks as they are now."""
        return self.agreed is not None and tuple(self.agreed.before) == self.marks

    @property
    def value(self) -> int | None:
        """The agreed mark, else the mean rounded down, in thousandths of a mark; None without any."""
        if self.agreed is not None and self.holds:
            return self.agreed.agreed * 1000
        return sum(self.marks) * 1000 // len(self.marks) if self.marks else None

    @property
    def gap(self) -> int:
        return self.marks[-1] - self.marks[0] if self.marks else 0

    @property
    def is_open(self) -> bool:
        """Whether the marks are far apart and the committee has not agreed on one."""
        return self.gap >= WIDE and not self.holds

    @property
    def covers(self) -> bool:
        return self.value is not None and self.value >= COVERS_FROM

    @property
    def shade(self) -> int:
        """0 to 3, by the nearest whole mark."""
        return ((self.value or 0) + 500) // 1000

    @property
    def text(self) -> str:
        return written(self.value)


def written(thousandths: int | None) -> str:
    """A mark as people write it: '2', or '1,5' for a mean."""
    return "–" if thousandths is None else format_points(thousandths).removesuffix(",0")


@dataclass(frozen=True)
class Line:
    """One application. cells: in the order of the bottlenecks."""

    application: Application
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int | None:
        """All marks together, in thousandths; None while none was handed in."""
        values = [cell.value for cell in self.cells if cell.value is not None]
        return sum(values) if values else None

    @property
    def total_text(self) -> str:
        return written(self.total)


@dataclass(frozen=True)
class Coverage:
    """The table of a round: an application a line, a bottleneck a column."""

    bottlenecks: tuple[Bottleneck, ...]
    lines: tuple[Line, ...]

    @property
    def has_marks(self) -> bool:
        return any(line.total is not None for line in self.lines)

    @property
    def numbers(self) -> list[int]:
        """How many applications tackle each bottleneck, in order."""
        return [
            sum(line.cells[place].covers for line in self.lines) for place in range(len(self.bottlenecks))
        ]

    def by_total(self, *, highest_first: bool) -> list[Line]:
        """The lines by how much they cover together; equals and those without marks by application."""
        sign = -1 if highest_first else 1
        return sorted(
            self.lines,
            key=lambda line: (line.total is None, sign * (line.total or 0), line.application.id),
        )

    def left(self, among: Collection[int] | None = None) -> list[Bottleneck]:
        """The bottlenecks that none of these applications (None: of all) tackles."""
        seen = [line for line in self.lines if among is None or line.application.id in among]
        return [
            one
            for place, one in enumerate(self.bottlenecks)
            if not any(line.cells[place].covers for line in seen)
        ]


def coverage(
    round_: Round, hidden: Collection[int] = (), among: Iterable[Application] | None = None
) -> Coverage:
    """Every complete application of a round that is not hidden, with what counts per bottleneck. among: the
    applications, when they were read already."""
    bottlenecks = rounds.rules_of(round_).bottlenecks
    if not bottlenecks:
        return Coverage((), ())
    found = in_assessment(round_.id, hidden) if among is None else list(among)
    ids = [application.id for application in found]
    marks, agreed = marks_by_bottleneck(ids), agreed_marks(ids)
    return Coverage(
        bottlenecks,
        tuple(
            Line(
                application,
                tuple(
                    Cell(
                        tuple(marks.get((application.id, one.code), ())),
                        agreed.get((application.id, one.code)),
                    )
                    for one in bottlenecks
                ),
            )
            for application in sorted(found, key=lambda application: application.id)
        ),
    )


def sentence(found: Coverage, awards: Collection[int] | None) -> str:
    """In Dutch, which bottlenecks nobody tackles. awards: the awarded applications, None while they are not known."""
    if not found.has_marks:
        return "Er zijn nog geen cijfers ingediend."
    which = "aanvraag" if awards is None else "toegekende aanvraag"
    left = found.left(awards)
    if not left:
        return f"Elk knelpunt wordt door ten minste één {which} aangepakt."
    these = "dit knelpunt" if len(left) == 1 else "deze knelpunten"
    return f"Geen enkele {which} pakt {these} aan: {join_words([one.title for one in left])}."


def wide_gaps(found: Coverage) -> dict[int, list[tuple[str, int]]]:
    """Application to the bottlenecks whose marks are far apart and not agreed on, with how far."""
    gaps: dict[int, list[tuple[str, int]]] = {}
    for line in found.lines:
        for one, cell in zip(found.bottlenecks, line.cells, strict=True):
            if cell.is_open:
                gaps.setdefault(line.application.id, []).append((one.title, cell.gap))
    return gaps


def wide_marks(found: Coverage) -> dict[int, list[Remark]]:
    """The same as remarks, for the list of what needs attention."""
    return {
        ident: [Remark.of("mark_gap", bottleneck=title, marks=gap) for title, gap in gaps]
        for ident, gaps in wide_gaps(found).items()
    }


@dataclass(frozen=True)
class Agreement:
    """How far assessors agree on the marks: Krippendorff's alpha (ordinal) with its 95 % interval, in thousandths, and
    what that means in words. pairs: bottlenecks of applications with two marks or more."""

    remark: Remark
    alpha: int | None
    low: int | None
    high: int | None
    pairs: int


def agreement(found: Coverage) -> Agreement:
    """Over all applications of the table; an agreed mark changes nothing about what assessors gave."""
    from ..calibration.reliability import Level, agreement_code, alpha_estimate

    units = [
        [float(mark) for mark in cell.marks]
        for line in found.lines
        for cell in line.cells
        if len(cell.marks) > 1
    ]
    estimate = alpha_estimate(units, Level.ORDINAL)
    alpha, low, high = (
        None if value is None else round(value * 1000)
        for value in (estimate.value, estimate.low, estimate.high)
    )
    code = agreement_code(estimate).replace("agreement_", "marks_")
    return Agreement(Remark.of(code), alpha, low, high, len(units))
