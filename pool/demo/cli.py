"""Commands of the demonstration: load, run, status."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from pool.core import clock
from pool.core.db import db
from pool.core.money import format_euros

demo_cli = AppGroup(
    "demo", help="A site with data to try: the rounds of 2019, one of last year, and two of today."
)
groups = [demo_cli]

ALLOWED = ("demo", "development", "test")


def _only_outside_production() -> None:
    if current_app.config["POOL_ENV"] not in ALLOWED:
        raise click.ClickException("The demonstration never goes into a production database (POOL_ENV).")


@demo_cli.command("load")
def load() -> None:
    """Migrate the database and load the demonstration, when that was not done before."""
    _only_outside_production()
    _prepare()


def _prepare() -> None:
    # Only here, because nothing but these commands needs the story of the demonstration.
    from . import service

    upgrade()
    began = time.monotonic()
    if service.load(clock.now(), lambda line: click.echo(f"  … {line}")):
        click.echo("  … Brieven, mail en berekeningen")
        service.finish_jobs()
        click.echo(f"De demonstratie is geladen in {time.monotonic() - began:.0f} seconden.\n")


@demo_cli.command("reset")
def reset() -> None:
    """Throw away the data of the demonstration (only in POOL_ENV=demo)."""
    if current_app.config["POOL_ENV"] != "demo":
        raise click.ClickException("Only with POOL_ENV=demo.")
    db.engine.dispose()
    shutil.rmtree(current_app.config["POOL_DATA_DIR"], ignore_errors=True)
    click.echo("De gegevens van de demonstratie zijn weg.")


@demo_cli.command("status")
def show_status() -> None:
    """For each round: applications, asked, ceiling, awarded, regions reached."""
    from . import service

    for line in service.status():
        click.echo(f"{line.title} ({line.slug}) – {line.state}")
        click.echo(f"  aanvragen:        {line.applications}")
        click.echo(f"  gevraagd:         {format_euros(line.asked)}")
        click.echo(f"  plafond:          {format_euros(line.ceiling)}")
        click.echo(f"  toegekend:        {format_euros(line.awarded)} aan {line.awards} aanvragen")
        click.echo(f"  regio's bereikt:  {line.regions_reached} ({line.region_entries} keer een regio)")
        click.echo(f"  thema's:          {line.themes}")


def _introduce(address: str) -> None:
    from . import accounts

    click.echo(f"De site staat op {address}\n")
    click.echo(f"Inloggen kan in elke rol. Het wachtwoord is steeds: {accounts.PASSWORD}\n")
    width = max(len(sample.email) for sample in accounts.SAMPLES)
    for sample in accounts.SAMPLES:
        click.echo(f"  {sample.email.ljust(width)}  {sample.role.label}: {sample.hint}")
    click.echo("\nStoppen: Ctrl+C. Opnieuw beginnen: make demo-reset. Verstuurde mail staat in de map spool.")


@demo_cli.command("run")
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes that answer requests.")
def run(port: int, workers: int) -> None:
    """Load what is not there yet, and start the site with its worker; data stays when it stops."""
    _only_outside_production()
    _prepare()
    db.session.remove()
    db.engine.dispose()
    programs = Path(sys.executable).parent
    serve = [
        programs / "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--threads",
        "4",
    ]
    serve += ["--no-control-socket", "--log-level", "warning", "wsgi:app"]
    work = [programs / "flask", "--app", "wsgi", "work"]
    processes = [subprocess.Popen([str(part) for part in command]) for command in (serve, work)]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    _introduce(f"http://127.0.0.1:{port}")
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise click.ClickException(
            "De site is gestopt. Misschien is de poort al in gebruik: gebruik PORT=8001."
        )
    except KeyboardInterrupt:
        click.echo("\nGestopt. De gegevens zijn bewaard.")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)
