"""Commands about documents, for operators: `flask documents`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from pool.core import blobs, clock
from pool.core.access import system
from pool.core.db import db

from . import queries_documents, service
from .models import ApplicationFile

documents_cli = AppGroup("documents", help="Files that came in with applications.")

DAY = 86_400
"""Seconds. Bytes come before their row, and no request lasts a day."""


@documents_cli.command("scan")
def scan() -> None:
    """Offer every file that was never scanned to the scanner; the worker does the work. Needs POOL_CLAMD."""
    if not current_app.config["POOL_CLAMD"]:
        raise click.ClickException("POOL_CLAMD is not set: there is no scanner")
    actor = system(clock.now())
    offered = 0
    for ident in queries_documents.unscanned():
        row = db.session.get_one(ApplicationFile, ident)
        service.await_scan(actor, row)
        service.ask_scan(row)
        db.session.commit()
        offered += 1
    click.echo(f"{offered} files wait for the scanner")


@documents_cli.command("sweep")
def sweep() -> None:
    """Take away bytes of a day or older that no application speaks of any more."""
    gone = blobs.sweep(queries_documents.known_hashes(), older_than=DAY)
    click.echo(f"{gone} files swept")


@documents_cli.command("verify")
def verify() -> None:
    """Read every file and check its hash; exit 1 and name what is wrong. Run it after a restore."""
    known = queries_documents.known_hashes()
    problems = [found for sha256, size in sorted(known.items()) if (found := blobs.problem(sha256, size))]
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    click.echo(f"{len(known)} files are as they came in")


groups = [documents_cli]
