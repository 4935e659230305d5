"""The answer: awards, value, bound and the account of ties, in schema `pool-allocation-outcome/1`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OUTCOME_SCHEMA = "pool-allocation-outcome/1"
ENGINE_VERSION = "1.0"


@dataclass(frozen=True)
class Ties:
    """How ties were settled.

    `met`: another outcome has the same value. `by`: what set it apart, the first of spend, lot and
    amount at which outcomes that are still equal differ; the deepest level met is named, a difference
    in awards (lot) before one in amounts only. `order`: the applications in which `rival`, one such
    outcome (cents per id), differs, in order of the lots. `settled` is false when the problem was too
    large to settle ties exactly; `met` is then what was seen, not what is proven.
    """

    met: bool = False
    by: str | None = None
    settled: bool = True
    order: tuple[str, ...] = ()
    rival: dict[str, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        rival = None
        if self.rival is not None:
            rival = [{"id": name, "amount": self.rival[name]} for name in sorted(self.rival)]
        return {
            "met": self.met,
            "by": self.by,
            "settled": self.settled,
            "order": list(self.order),
            "rival": rival,
        }


@dataclass(frozen=True)
class Clash:
    """One rule of a smallest set that cannot be kept together; `text` says it in words."""

    kind: str
    where: str
    ids: tuple[str, ...]
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "where": self.where, "ids": list(self.ids), "text": self.text}


@dataclass(frozen=True)
class Engine:
    """Which programme and which solver gave the answer."""

    name: str
    version: str
    solver: str
    solver_version: str

    def to_dict(self) -> dict[str, str]:
        return {
            "name": self.name,
            "version": self.version,
            "solver": self.solver,
            "solver_version": self.solver_version,
        }


@dataclass(frozen=True)
class RegionResult:
    """Awards and amount (whole cents, rounded down) of one region."""

    id: str
    awards: int
    amount: int

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "awards": self.awards, "amount": self.amount}


@dataclass(frozen=True)
class Outcome:
    """An outcome; values in nano-points, money in cents, `awards` cents per id in order of id.

    `bound` is a proven upper bound on the value of any allowed outcome; `status` is `optimal` exactly
    when it equals `objective`. `nodes` counts boxes searched (not part of the file).
    """

    problem_sha256: str
    rule: str
    status: str
    objective: int
    quality: int
    bonus: int
    bound: int
    spent: int
    left: int
    awards: dict[str, int]
    regions: tuple[RegionResult, ...]
    ties: Ties
    engine: Engine
    seconds: float
    clash: tuple[Clash, ...] = ()
    nodes: int = field(default=0, compare=False)

    @property
    def gap(self) -> float:
        """Relative distance between bound and objective, for people."""
        return (self.bound - self.objective) / max(1, abs(self.objective))

    def to_dict(self) -> dict[str, Any]:
        """The outcome as the file has it."""
        return {
            "schema": OUTCOME_SCHEMA,
            "problem_sha256": self.problem_sha256,
            "rule": self.rule,
            "status": self.status,
            "objective": self.objective,
            "quality": self.quality,
            "bonus": self.bonus,
            "bound": self.bound,
            "spent": self.spent,
            "left": self.left,
            "awards": [{"id": name, "amount": amount} for name, amount in self.awards.items()],
            "regions": [region.to_dict() for region in self.regions],
            "ties": self.ties.to_dict(),
            "engine": self.engine.to_dict(),
            "seconds": self.seconds,
            "clash": [rule.to_dict() for rule in self.clash],
        }
