"""Commands: the engine's own, loaded when one is called, and a second look at all that is stored."""

from __future__ import annotations

import hashlib

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from pool.core.db import db

from . import queries
from .engine import sha256, verify
from .models import Scenario


class EngineGroup(click.Group):
    """The engine's commands beside our own. The engine, and with it the solver, is imported only when needed."""

    def _engine(self) -> click.Group:
        from .engine.__main__ import engine_cli

        return engine_cli

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._engine().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._engine().get_command(ctx, cmd_name)


allocation_cli = EngineGroup("allocation", help="Divide under a ceiling: solve, verify, explain, recheck.")


@allocation_cli.command("recheck")
@with_appcontext
def recheck() -> None:
    """Check every stored outcome against its stored problem; exit 1 and say what is wrong when one does not hold."""
    wrong = 0
    scenarios = db.session.scalars(
        select(Scenario).where(Scenario.allocation.has()).order_by(Scenario.id)
    ).all()
    for scenario in scenarios:
        for line in problems_of(scenario):
            wrong += 1
            click.echo(f"scenario {scenario.id}: {line}")
    click.echo(f"{len(scenarios)} outcomes checked, {wrong} problems")
    if wrong:
        raise SystemExit(1)


def problems_of(scenario: Scenario) -> list[str]:
    """What is wrong with a stored outcome; empty when it holds."""
    outcome = queries.outcome(scenario)
    assert scenario.allocation is not None
    assert outcome is not None
    found = []
    if hashlib.sha256(scenario.allocation.document.encode()).hexdigest() != scenario.allocation.sha256:
        found.append("the outcome differs from its hash")
    if sha256(scenario.snapshot.problem) != scenario.snapshot.sha256:
        found.append("the problem differs from its hash")
    return found + verify(scenario.snapshot.problem, outcome)


groups = [allocation_cli]
