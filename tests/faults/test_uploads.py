"""A worker killed while a file comes in: never a row without bytes, and what is left over is swept."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from pool.applications import queries, service
from pool.applications.models import Application, ApplicationFile
from pool.applications.queries_documents import known_hashes
from pool.core import blobs
from pool.core.db import db
from pool.core.text import sha256_hex
from tests.applications.test_documents import ASKING, PLAN, pdf
from tests.support.applications_factory import make_draft
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]

SENDER = """
import io, os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.conftest import settings
from pool.app import create_app
from pool.applications import service
from pool.applications.models import Application
from pool.core import blobs
from pool.core.db import db
from tests.applications.test_documents import PLAN
from tests.support.world import World

class Dying(io.BytesIO):
    reads = 0
    def read(self, *size):
        self.reads += 1
        if {moment!r} == "while writing" and self.reads > {reads}:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(*size)

app = create_app(settings({url!r}, Path({folder!r})))
with app.app_context():
    actor = World(ids={{"applicant": {person}}}).later("applicant", days=2)
    db.session.rollback()
    data = Path({data!r}).read_bytes()
    if {moment!r} == "while writing":
        blobs.put(Dying(data))
    entry = service.receive(PLAN, "nieuw.pdf", io.BytesIO(data))
    application = db.session.get_one(Application, {application})
    service.add_file(actor, application, entry)
    if {moment!r} == "before the commit":
        os.kill(os.getpid(), signal.SIGKILL)
    db.session.commit()
    if {moment!r} == "after the commit":
        os.kill(os.getpid(), signal.SIGKILL)
"""


def left(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]


@pytest.mark.faults
@pytest.mark.parametrize("moment", ["while writing", "before the commit", "after the commit"])
def test_a_kill_leaves_no_row_without_bytes(
    real_app: Flask, real_world: World, tmp_path: Path, moment: str
) -> None:
    data = pdf("nieuw" * 40_000)
    (tmp_path / "data").write_bytes(data)
    with real_app.app_context():
        application = make_draft(real_world, real_world.round(rules=ASKING)).id
        db.session.remove()
    code = SENDER.format(
        root=str(ROOT),
        url=real_app.config["SQLALCHEMY_DATABASE_URI"],
        folder=str(tmp_path),
        moment=moment,
        reads=2,
        data=str(tmp_path / "data"),
        person=real_world.ids["applicant"],
        application=application,
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with real_app.app_context():
        rows = db.session.scalars(select(ApplicationFile)).all()
        found = {row.name for row in rows}
        assert ("nieuw.pdf" in found) == (moment == "after the commit")
        assert [blobs.problem(row.sha256, row.size) for row in rows] == [""] * len(rows)
        listed = queries.draft(db.session.get_one(Application, application)).documents
        assert {entry.name for entry in listed} == found
        spare = len(left(blobs.folder())) - len(rows)
        assert spare == (0 if moment == "after the commit" else 1)
        assert blobs.sweep(known_hashes(), older_than=-1e12) == spare
        assert {p.parent.name + p.name for p in left(blobs.folder())} == {row.sha256 for row in rows}
        db.session.remove()


@pytest.mark.faults
def test_a_limit_on_the_size_of_files_leaves_no_half_file(tmp_path: Path) -> None:
    """The operating system itself refuses to write on, as on a full disk."""
    code = (
        "import io, resource, signal, sys; from flask import Flask; from pathlib import Path;"
        f"sys.path.insert(0, {str(ROOT)!r}); from pool.core import blobs;"
        f"app = Flask('store'); app.config['POOL_DATA_DIR'] = Path({str(tmp_path)!r});"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "app.app_context().push(); blobs.put(io.BytesIO(b'x' * 1_000_000))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "OSError: [Errno 27] File too large" in done.stderr
    assert left(tmp_path / "blobs") == []


def test_the_commands_for_operators(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = make_draft(world, world.round(rules=ASKING))
    run = app.test_cli_runner().invoke
    assert "1 files are as they came in" in run(args=["documents", "verify"]).output
    refused = run(args=["documents", "scan"])
    assert (refused.exit_code, "POOL_CLAMD is not set" in refused.output) == (1, True)
    monkeypatch.setitem(app.config, "POOL_CLAMD", "clamd:3310")
    assert "1 files wait for the scanner" in run(args=["documents", "scan"]).output
    assert "0 files wait for the scanner" in run(args=["documents", "scan"]).output
    entry = queries.draft(draft).documents[0]
    service.receive(PLAN, "los.pdf", io.BytesIO(pdf("los")))
    stray = blobs.path_of(sha256_hex(pdf("los")))
    assert "0 files swept" in run(args=["documents", "sweep"]).output
    os.utime(stray, (0, 0))
    assert "1 files swept" in run(args=["documents", "sweep"]).output
    assert (stray.exists(), blobs.path_of(entry.sha256).exists()) == (False, True)
    blobs.path_of(entry.sha256).write_bytes(b"anders")
    found = run(args=["documents", "verify"])
    assert (found.exit_code, f"{entry.sha256}: the bytes are not what they were" in found.output) == (1, True)
