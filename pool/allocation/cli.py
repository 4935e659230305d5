"""Commands: the engine's own, loaded when one is called, and a second look at all that is stored."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from pool.core.db import db
from pool.core.text import canonical_json, sha256_hex

from . import queries, studies
from .engine import sha256, verify
from .models import Scenario
from .states import StudyKind


class EngineGroup(click.Group):
    """The engine's commands beside our own. The engine, and with it the solver, is imported only when needed."""

    def _engine(self) -> click.Group:
        from .engine.__main__ import engine_cli

        return engine_cli

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._engine().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._engine().get_command(ctx, cmd_name)


allocation_cli = EngineGroup(
    "allocation", help="Divide under a ceiling: solve, verify, explain, recheck, draws."
)


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


@allocation_cli.command("draws")
@click.argument("scenario", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the CSV.")
@with_appcontext
def draws(scenario: int, out: Path | None) -> None:
    """Make the draws of SCENARIO again, as CSV for `stability`; exit 1 when they are not the same as before."""
    found = db.session.get(Scenario, scenario)
    study = queries.study(found, StudyKind.STABILITY) if found else None
    if found is None or study is None or "silent" in study:
        raise click.ClickException("this scenario has no draws")
    made = studies.draws_of(queries.material(found))
    again = made[1][: study["draws"]] if made else []
    if sha256_hex(canonical_json(again)) != study["draws_sha256"]:
        raise click.ClickException("the draws are not the same as before: another machine, or another numpy?")
    ids = sorted(found.snapshot.names)
    lines = [",".join(ids), *(",".join(str(draw[ident]) for ident in ids) for draw in again)]
    text = "\n".join(lines) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text)


def problems_of(scenario: Scenario) -> list[str]:
    """What is wrong with a stored outcome, in Dutch as the verifier says it; empty when it holds."""
    outcome = queries.outcome(scenario)
    assert scenario.allocation is not None
    assert outcome is not None
    found = []
    if hashlib.sha256(scenario.allocation.document.encode()).hexdigest() != scenario.allocation.sha256:
        found.append("de uitkomst past niet bij haar SHA-256")
    if sha256(scenario.snapshot.problem) != scenario.snapshot.sha256:
        found.append("de vraag past niet bij haar SHA-256")
    return found + verify(scenario.snapshot.problem, outcome)


groups = [allocation_cli]
