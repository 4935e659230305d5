"""What a person may ask of an allocation: the published rules, or those rules with something changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .states import Decision


@dataclass(frozen=True)
class Forced:
    """One application that is fixed beforehand, with the reason."""

    application_id: int
    decision: Decision
    reason: str


@dataclass(frozen=True)
class Changes:
    """How a scenario differs from the published rules; without anything it is the published scenario.

    ceiling: cents, instead of the round's. spread_percent: the published spread weights times this, 100 is as
    published, 0 leaves spread out.
    """

    ceiling: int | None = None
    spread_percent: int = 100
    forced: tuple[Forced, ...] = ()

    def __bool__(self) -> bool:
        return self != NO_CHANGES

    def to_json(self) -> dict[str, Any]:
        body = asdict(self)
        body["forced"] = [{**asdict(f), "decision": f.decision.value} for f in self.forced]
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Changes:
        forced = (Forced(**{**f, "decision": Decision(f["decision"])}) for f in body["forced"])
        return cls(body["ceiling"], body["spread_percent"], tuple(forced))


NO_CHANGES = Changes()
