"""Commands of the ground floor: the worker, the trail, terms."""

from __future__ import annotations

import signal
from types import FrameType

import click
from flask.cli import AppGroup, with_appcontext

from . import audit, jobs
from .terms_cli import terms_cli

audit_cli = AppGroup("audit", help="The trail of decisions.")


@audit_cli.command("verify")
def verify() -> None:
    """Check every chain; exit 1 and name what is wrong when one is not whole."""
    problems = audit.verify_all()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    click.echo("every chain is whole")


@click.command("work")
@click.option("--until-idle", is_flag=True, help="Stop when nothing is due.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds to wait when nothing is due.")
@with_appcontext
def work_cli(until_idle: bool, pause: float) -> None:
    """Carry out jobs: mail, letters, allocations. Several workers may run side by side."""
    running = [True]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        running.clear()

    signal.signal(signal.SIGTERM, stop)
    done = jobs.work(until_idle=until_idle, pause=pause, keep_going=lambda: bool(running))
    click.echo(f"{done} jobs done")


groups = [audit_cli, work_cli, terms_cli]
