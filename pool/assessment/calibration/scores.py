"""Scores as they come in: checked, in a fixed order, with the reason when they cannot be used.

No numpy here, so that a caller may prepare and check scores without paying for it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class BadScoresError(ValueError):
    """A set of scores that cannot be used, with the place when there is one.

    `row` counts lines of the file from 1 (the header is 1); `column` is the name in the header.
    """

    def __init__(self, why: str, row: int | None = None, column: str | None = None) -> None:
        self.why, self.row, self.column = why, row, column
        place = [f"row {row}" if row is not None else "", f"column {column}" if column else ""]
        where = ", ".join(part for part in place if part)
        super().__init__(f"{where}: {why}" if where else why)


@dataclass(frozen=True, slots=True)
class Score:
    """One assessor's total for one application, in the unit of the round (usually points, 0-100)."""

    proposal: str
    assessor: str
    value: float
    panel: str | None = None


def natural_key(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A sorting key under which "#2" comes before "#10"; "01" and "1" differ, so the order is total."""
    parts = re.split(r"([0-9]+)", text)
    natural = tuple((0, int(part), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts))
    return natural, text


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Checked scores in natural order of proposal and assessor; the order of the input leaves no trace."""

    scores: tuple[Score, ...]
    proposals: tuple[str, ...]
    assessors: tuple[str, ...]
    panels: tuple[str, ...]

    @classmethod
    def of(cls, scores: Iterable[Score]) -> ScoreTable:
        """Check and order `scores`.

        Raises BadScoresError: nothing to compare (fewer than two proposals or assessors), a score twice, a
        proposal in two panels, a value that is not finite, or a panel named for some scores only.
        """
        ordered = sorted(scores, key=lambda s: (natural_key(s.proposal), natural_key(s.assessor)))
        seen: set[tuple[str, str]] = set()
        panel_of: dict[str, str | None] = {}
        for score in ordered:
            if not math.isfinite(score.value):
                raise BadScoresError(
                    f"the score of {score.assessor} for {score.proposal} is not a finite number"
                )
            if (score.proposal, score.assessor) in seen:
                raise BadScoresError(f"{score.assessor} scored {score.proposal} twice")
            seen.add((score.proposal, score.assessor))
            if panel_of.setdefault(score.proposal, score.panel) != score.panel:
                raise BadScoresError(f"{score.proposal} stands in two panels")
        named = {panel for panel in panel_of.values() if panel is not None}
        if named and None in panel_of.values():
            raise BadScoresError("some scores name a panel and others do not")
        proposals = tuple(sorted(panel_of, key=natural_key))
        assessors = tuple(sorted({score.assessor for score in ordered}, key=natural_key))
        if len(proposals) < 2:
            raise BadScoresError(f"scores of at least 2 proposals are needed, found {len(proposals)}")
        if len(assessors) < 2:
            raise BadScoresError(f"scores of at least 2 assessors are needed, found {len(assessors)}")
        return cls(tuple(ordered), proposals, assessors, tuple(sorted(named, key=natural_key)))

    def panel_of(self) -> dict[str, str | None]:
        """Proposal to panel."""
        return {score.proposal: score.panel for score in self.scores}

    def by_proposal(self) -> dict[str, list[float]]:
        """Proposal to its scores, in order of assessor."""
        units: dict[str, list[float]] = {proposal: [] for proposal in self.proposals}
        for score in self.scores:
            units[score.proposal].append(score.value)
        return units

    def sha256(self) -> str:
        """Hash of the canonical JSON, so that a result can name the scores it was made from."""
        rows = [[s.panel, s.proposal, s.assessor, s.value] for s in self.scores]
        return hashlib.sha256(
            json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode()
        ).hexdigest()


def read_csv(text: str, score_column: str = "score", panel: str | None = None) -> ScoreTable:
    """Scores from CSV `text` with columns proposal, assessor, `score_column` and optionally panel.

    With `panel`, only the rows of that panel count. Raises BadScoresError with row, column and reason.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    _, header = next(rows, (1, []))
    columns = {name.strip(): index for index, name in enumerate(header)}
    if len(columns) < len(header):
        raise BadScoresError("a column name stands twice in the header", row=1)
    for needed in ("proposal", "assessor", score_column, *(["panel"] if panel is not None else [])):
        if needed not in columns:
            found = ", ".join(columns) or "nothing"
            raise BadScoresError(
                f"missing; the header, separated by commas, has: {found}", row=1, column=needed
            )
    scores: list[Score] = []
    first_row: dict[tuple[str, str], int] = {}
    panel_row: dict[str, tuple[str | None, int]] = {}
    for line, row in rows:
        if len(row) != len(header):
            raise BadScoresError(f"{len(row)} fields where the header has {len(header)}", row=line)
        cell = {name: row[index].strip() for name, index in columns.items()}
        if panel is not None and cell["panel"] != panel:
            continue
        for name in ("proposal", "assessor", score_column, *(["panel"] if "panel" in columns else [])):
            if not cell[name]:
                raise BadScoresError("is empty", row=line, column=name)
        score = Score(
            cell["proposal"],
            cell["assessor"],
            _number(cell[score_column], line, score_column),
            cell.get("panel"),
        )
        earlier = first_row.setdefault((score.proposal, score.assessor), line)
        if earlier != line:
            why = f"{score.assessor} already scored {score.proposal} in row {earlier}"
            raise BadScoresError(why, row=line, column="assessor")
        other, other_line = panel_row.setdefault(score.proposal, (score.panel, line))
        if other != score.panel:
            why = f"{score.proposal} stands in panel {other} in row {other_line}"
            raise BadScoresError(why, row=line, column="panel")
        scores.append(score)
    if not scores:
        raise BadScoresError("no scores" if panel is None else f"no scores of panel {panel}")
    return ScoreTable.of(scores)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line it starts on; what csv refuses becomes BadScoresError."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadScoresError(f"is not well-formed CSV ({error})", row=line) from error
        if any(cell.strip() for cell in row):
            yield line, row


def _number(text: str, row: int, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        hint = " (write a decimal point)" if "," in text else ""
        raise BadScoresError(f"{text!r} is not a number{hint}", row=row, column=column) from None
    if not math.isfinite(value):
        raise BadScoresError(f"{text!r} is not a finite number", row=row, column=column)
    return value
