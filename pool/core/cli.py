"""Commands of the ground floor: the worker and its jobs, the trail, terms."""

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


jobs_cli = AppGroup("jobs", help="Work of the worker that failed.")


@jobs_cli.command("list")
def list_jobs() -> None:
    """Jobs that failed and are not done: number, kind, key, attempts, what happens next, and why it failed."""
    found = jobs.troubled()
    for job in found:
        how = "set aside" if job.dead_at else f"again at {job.run_at.isoformat(timespec='seconds')}"
        click.echo(f"{job.id}  {job.kind}  {job.key}  {job.attempts} attempts, {how}: {job.error}")
    if not found:
        click.echo("no job failed")


@jobs_cli.command("again")
@click.argument("number", type=int)
def try_again(number: int) -> None:
    """Let job NUMBER, which was set aside, be tried again; exit 1 when there is no such job."""
    if not jobs.again(number):
        raise click.ClickException(f"no job {number} was set aside")
    click.echo(f"job {number} is due now")


groups = [audit_cli, work_cli, jobs_cli, terms_cli]
