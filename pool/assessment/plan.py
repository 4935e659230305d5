"""What a plan of who reads what holds, and what a step changed in it. Plain values; nothing is looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

Pair = tuple[int, int]
"""(application, assessor)"""
Pairing = frozenset[Pair]

MOST_CALIBRATION = 5
"""Applications that everyone reads, at most: each costs the work of a whole committee."""


@dataclass(frozen=True)
class Pairs:
    """The content of a plan.

    pairs: who is to read what. pinned: those of them that stay at a rerun. forbidden: pairs the programme team does
    not want. calibration: applications that everyone reads who may. added, dropped: what the last step changed.
    """

    pairs: Pairing = frozenset()
    pinned: Pairing = frozenset()
    forbidden: Pairing = frozenset()
    calibration: frozenset[int] = frozenset()
    added: Pairing = frozenset()
    dropped: Pairing = frozenset()

    @classmethod
    def of(cls, body: dict[str, Any]) -> Pairs:
        """From JSON."""

        def pairing(name: str) -> Pairing:
            return frozenset((application, user) for application, user in body[name])

        return cls(
            pairing("pairs"),
            pairing("pinned"),
            pairing("forbidden"),
            frozenset(body["calibration"]),
            pairing("added"),
            pairing("dropped"),
        )

    def body(self) -> dict[str, Any]:
        """As JSON, always in the same order."""
        return {
            "pairs": _listed(self.pairs),
            "pinned": _listed(self.pinned),
            "forbidden": _listed(self.forbidden),
            "calibration": sorted(self.calibration),
            "added": _listed(self.added),
            "dropped": _listed(self.dropped),
        }

    def now(self, pairs: Collection[Pair]) -> Pairs:
        """The same with these pairs, and what that changed. A pin on a pair that went goes along."""
        found = frozenset(pairs)
        return replace(
            self,
            pairs=found,
            pinned=self.pinned & found,
            added=found - self.pairs,
            dropped=self.pairs - found,
        )


def _listed(pairs: Iterable[Pair]) -> list[list[int]]:
    return [list(pair) for pair in sorted(pairs)]
