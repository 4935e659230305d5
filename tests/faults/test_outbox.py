"""300 mails and workers killed at random: none is lost, and none is handed over twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from pool.core import access, clock, jobs, outbox
from pool.core.db import db
from pool.core.delivery import MailKind
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
MAILS = 300
KILLS = 8

WORKER = """
import sys, datetime as dt
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.conftest import settings
from pool.app import create_app
from pool.core import jobs, outbox

app = create_app(settings({url!r}, Path({folder!r})))
with app.app_context():
    from pool.core.jobs import claim, carry_out, worker_name
    from pool.core.db import db
    me = worker_name()
    print("ready", flush=True)
    sys.stdin.readline()
    import time
    while True:
        job = claim(me, dt.timedelta(seconds=1))
        if job is None:
            time.sleep(0.05)
            continue
        carry_out(job)
        db.session.remove()
"""


def _post(actor: access.Actor, key: str, subject: str = "Onderwerp") -> None:
    outbox.post(
        actor, key, "iemand@example.org", subject, "Tekst", kind=MailKind.PROGRESS, chain="", thing=""
    )


def _write_mails(app: Flask) -> None:
    with app.app_context():
        for number in range(MAILS):
            _post(access.system(clock.now()), f"m:{number}", f"Nr {number}")
        db.session.commit()
        db.session.remove()


def _send_off(worker: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    return worker


def _open_jobs(app: Flask) -> int:
    with app.app_context():
        query = select(func.count()).select_from(jobs.Job).where(jobs.Job.done_at.is_(None))
        left = db.session.scalar(query) or 0
        db.session.remove()
    return left


@pytest.mark.faults
def test_killed_workers_lose_nothing_and_repeat_nothing(real_app: Flask, tmp_path: Path) -> None:
    _write_mails(real_app)
    code = WORKER.format(root=str(ROOT), url=real_app.config["SQLALCHEMY_DATABASE_URI"], folder=str(tmp_path))
    chance = random.Random(20190401)
    spool = tmp_path / "spool"

    def spawn() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )

    # All are started beforehand: two carry out 300 jobs in less time than a third needs to start.
    every = [spawn() for _ in range(KILLS + 2)]
    deadline = time.monotonic() + 240
    try:
        for worker in every:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        waiting, kills = list(every), 0
        busy = [_send_off(waiting.pop()), _send_off(waiting.pop())]
        while _open_jobs(real_app) and time.monotonic() < deadline:
            time.sleep(chance.uniform(0.02, 0.2))
            if waiting:
                victim = busy.pop(chance.randrange(len(busy)))
                victim.kill()
                victim.wait()
                kills += 1
                busy.append(_send_off(waiting.pop()))
    finally:
        for worker in every:
            worker.kill()
            worker.communicate()
    assert _open_jobs(real_app) == 0
    assert kills > 1, "the workers were too quick to be killed"
    handed_over = [message_from_bytes(p.read_bytes())["Message-ID"] for p in sorted(spool.glob("*.eml"))]
    assert len(handed_over) == len(set(handed_over)) == MAILS


def test_handing_over_again_changes_nothing(app: Flask, world: World, tmp_path: Path) -> None:
    """A worker that died after the hand-over and before the mark does it again: there is still one file."""
    outbox._to_spool(tmp_path, "a.eml", b"een")
    outbox._to_spool(tmp_path, "a.eml", b"twee")
    assert [p.read_bytes() for p in tmp_path.glob("*.eml")] == [b"een"]
    assert list(tmp_path.glob(".part-*")) == []


def test_a_rolled_back_command_sends_nothing(app: Flask, world: World) -> None:
    _post(world.actor("programme"), "k")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(outbox.Mail)) == 0
    assert db.session.scalar(select(func.count()).select_from(jobs.Job)) == 0


def test_the_same_mail_twice_is_one_mail(app: Flask, world: World) -> None:
    for _ in range(2):
        _post(world.actor("programme"), "k")
    assert db.session.scalar(select(func.count()).select_from(outbox.Mail)) == 1


def test_a_name_cannot_add_headers(app: Flask, world: World) -> None:
    _post(world.actor("programme"), "k", "Eén\r\nBcc: ander@example.org")
    message = outbox.compose(db.session.scalars(select(outbox.Mail)).one())
    assert message["Bcc"] is None
    assert message["Subject"] == "Eén Bcc: ander@example.org"


def test_a_failing_job_is_tried_again_and_then_put_aside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def fail(job: jobs.Job) -> None:
        tried.append(job.attempts)
        raise OSError("no route to host")

    monkeypatch.setitem(jobs._handlers, "test", fail)
    jobs.enqueue("test", "test:1", {})
    db.session.commit()
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        job = jobs.by_key("test:1")
        assert job is not None
        job.run_at = clock.now()
        db.session.commit()
        jobs.work(until_idle=True)
    job = jobs.by_key("test:1")
    assert job is not None
    assert tried == list(range(1, jobs.MAX_ATTEMPTS + 1))
    assert job.dead_at is not None
    assert "no route to host" in job.error


def test_a_job_whose_lease_was_lost_changes_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(job: jobs.Job) -> None:
        job.lease_by = "somebody else"
        db.session.flush()
        _post(access.system(), "x")

    monkeypatch.setitem(jobs._handlers, "test", slow)
    jobs.enqueue("test", "test:1", {})
    db.session.commit()
    claimed = jobs.claim("me")
    assert claimed is not None
    assert jobs.carry_out(claimed) is False
    assert db.session.scalar(select(func.count()).select_from(outbox.Mail)) == 0
