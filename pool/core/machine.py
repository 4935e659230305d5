"""The lifecycle machine: the only writer of states.

A lifecycle is a table of moves: name, from, to, rule. `move` locks the row, asks the rule, changes the state
and writes the audit row, in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from . import audit
from .access import YES, Actor, Verdict, no
from .db import db
from .errors import Refused
from .text import LabeledEnum


class HasLife(Protocol):
    """What the machine needs of a row: a key, the chain its audit rows go to, and a state."""

    id: Any
    state: Any

    @property
    def audit_chain(self) -> str: ...


T = TypeVar("T", bound=HasLife)


def always(_actor: Actor, _thing: Any) -> Verdict:
    return YES


@dataclass(frozen=True)
class Move(Generic[T]):
    """One move. sources: states it may start from; target: where it ends; rule: may this actor, now?"""

    name: str
    label: str
    sources: frozenset[LabeledEnum]
    target: LabeledEnum
    rule: Callable[[Actor, T], Verdict] = always


class Lifecycle(Generic[T]):
    """The moves of one kind of thing."""

    def __init__(self, kind: str, moves: Sequence[Move[T]]) -> None:
        self.kind = kind
        self.moves = {m.name: m for m in moves}
        if len(self.moves) != len(moves):
            raise ValueError(f"{kind}: two moves have the same name")

    def may(self, actor: Actor, thing: T, name: str) -> Verdict:
        """Whether this move is possible now for this actor; no carries the reason."""
        move = self.moves[name]
        if thing.state not in move.sources:
            return no(f"Dit kan niet meer: de status is nu ‘{thing.state.label}’.", "state")
        return move.rule(actor, thing)

    def open_moves(self, actor: Actor, thing: T) -> list[Move[T]]:
        """The moves that are possible now for this actor, in the order of the table."""
        return [m for m in self.moves.values() if self.may(actor, thing, m.name)]

    def move(
        self, actor: Actor, thing: T, name: str, reason: str = "", facts: dict[str, Any] | None = None
    ) -> None:
        """Carry out a move. Raises Refused (code `state` when somebody was first).

        facts: what else belongs in the audit row's `after`; JSON-ready, no floats.
        """
        db.session.flush()
        # Of its own table only: what was loaded along by an outer join cannot be locked on PostgreSQL.
        db.session.refresh(thing, with_for_update={"of": type(thing)})
        verdict = self.may(actor, thing, name)
        if not verdict:
            raise Refused(verdict.code, verdict.reason)
        before = thing.state
        thing.state = self.moves[name].target
        audit.record(
            actor,
            f"{self.kind}.{name}",
            thing.audit_chain,
            f"{self.kind}:{thing.id}",
            {"state": before.value},
            {"state": thing.state.value, **(facts or {})},
            reason,
        )
        db.session.flush()
