"""Work after a commit: have a file scanned for viruses."""

from __future__ import annotations

import datetime as dt

import structlog
from flask import current_app

from pool.core import blobs, clock, jobs
from pool.core.access import system
from pool.core.db import db, end_reading

from . import scanning, service
from .models import ApplicationFile
from .states import FileState

log = structlog.get_logger()

SCAN_SECONDS = 45
"""Less than the lease of a job, so that no second worker scans along."""
LONGEST_PAUSE = dt.timedelta(hours=1)


@jobs.handler("scan")
def scan_file(job: jobs.Job) -> None:
    """Have one file scanned. When the scanner gives no outcome the file waits, and is offered again later."""
    ident, attempt = int(job.payload["file_id"]), int(job.payload["attempt"])
    row = db.session.get(ApplicationFile, ident)
    if row is None or row.state != FileState.QUARANTINED:
        return
    address = current_app.config["POOL_CLAMD"]
    if not address:
        service.let_go(system(clock.now()), row)
        return
    sha256 = row.sha256
    # No transaction stays open while the scanner works.
    end_reading()
    with blobs.open_(sha256) as kept:
        verdict = scanning.scan(kept, address, seconds=SCAN_SECONDS)
    row = db.session.get(ApplicationFile, ident)
    if row is None:
        return
    now = clock.now()
    service.record_scan(system(now), row, verdict)
    if verdict.state == scanning.ScanState.UNAVAILABLE:
        log.warning("scan.unavailable", file=ident, attempt=attempt, detail=verdict.detail)
        pause = min(dt.timedelta(seconds=15 * 2 ** min(attempt, 10)), LONGEST_PAUSE)
        service.ask_scan(row, attempt + 1, now + pause)
