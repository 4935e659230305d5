"""What people may say about a project: a report, how a region sees it, and how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .states import Embedding, Standing

TEXTS = ("achieved", "under_way", "next_steps", "lessons", "embedding")
"""The texts of a report, in the order in which they are asked."""


@dataclass(frozen=True)
class ReportInput:
    """A half-yearly report; a draft may be empty everywhere."""

    standing: Standing | None = None
    achieved: str = ""
    under_way: str = ""
    next_steps: str = ""
    lessons: str = ""
    embedding: str = ""

    def to_json(self) -> dict[str, str | None]:
        return asdict(self)


@dataclass(frozen=True)
class ViewInput:
    """How a project goes over a half-year, seen from a region."""

    standing: Standing
    text: str


@dataclass(frozen=True)
class EndInput:
    """How a project ended. reason: the result, or why it stopped; learned: what others can learn from it.

    embedded: how the result lives on; needed when it finished, and left out when it stopped.
    """

    reason: str
    learned: str
    embedded: Embedding | None = None


@dataclass(frozen=True)
class ProjectFilter:
    """What somebody looks for. Texts are slugs and values of states; empty means all. reports: 'overdue'."""

    round_slug: str = ""
    region: str = ""
    theme: str = ""
    state: str = ""
    standing: str = ""
    reports: str = ""
    text: str = ""


@dataclass(frozen=True)
class ViewFilter:
    """Which views of regions somebody looks for. region: a slug; period: a code; standing: 'open', 'overdue', 'given'.

    Empty means all.
    """

    region: str = ""
    period: str = ""
    standing: str = ""
