"""The site under a surge: a round that is about to close, many municipalities, gunicorn and a worker in front of a real database."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import psutil
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text, update

from pool.app import create_app
from pool.applications import queries, rules
from pool.applications import service as applications
from pool.applications.inputs import Content
from pool.applications.models import Application
from pool.core import audit, blobs, clock, jobs
from pool.core.access import Actor, Role
from pool.core.db import db, drop_immutable_triggers, immutable_triggers
from pool.core.text import fingerprint
from pool.people import passwords
from pool.people import service as people
from pool.people.inputs import GrantInput, UserInput
from pool.people.models import Organisation
from pool.people.rules import actor_for
from pool.people.states import OrganisationKind
from pool.regions.models import Municipality
from pool.rounds import service as rounds
from pool.rounds.inputs import DocumentRule, RoundInput
from pool.rounds.models import Round
from pool.rounds.states import Instrument
from tests.conftest import MIGRATIONS, settings
from tests.support.applications_factory import full_content
from tests.support.world import RULES, World

ROOT = Path(__file__).resolve().parent.parent
SLUG = "stormloop"
FILE_FIELD = rules.file_field("plan")
RULES_ = replace(RULES, documents=(DocumentRule("plan", "Projectplan", required=False, kinds=("pdf",)),))
PASSWORD = "een lang wachtwoord voor de stormloop"


@dataclass
class Site:
    """A running site: gunicorn and a worker."""

    folder: Path
    url: str
    port: int
    server: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """CPU seconds of the web server so far, with all its workers."""
        return _cpu(self.server.pid)

    def cpu_beside(self) -> float:
        """CPU seconds so far of what shares the machine: the worker that sends receipts."""
        return _cpu(self.worker.pid)

    def stop(self) -> None:
        for process in (self.server, self.worker):
            process.send_signal(signal.SIGTERM)
        for process in (self.server, self.worker):
            process.wait(timeout=60)


def _cpu(pid: int) -> float:
    processes = [psutil.Process(pid)]
    processes += processes[0].children(recursive=True)
    return sum(p.cpu_times().user + p.cpu_times().system for p in processes)


def environment(folder: Path, url: str) -> dict[str, str]:
    own = {
        "POOL_ENV": "production",
        "POOL_DATABASE_URL": url,
        "POOL_DATA_DIR": str(folder),
        "POOL_BASE_URL": "https://127.0.0.1",
        "POOL_SECRET_KEY": "only for a surge on this machine, 32 characters or more",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own}


def offline(folder: Path, url: str) -> Flask:
    """The application without a server, to fill the database and to look into it."""
    return create_app(settings(url, folder))


def fill(app: Flask, people_wanted: int, closes_at: dt.datetime) -> dict[str, int]:
    """A round that closes then, with one draft per person in which nothing is missing; address to application."""
    writers: dict[str, int] = {}
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        world = World.build()
        now = clock.now()
        _round(world, now, closes_at)
        round_ = db.session.scalars(select(Round).where(Round.slug == SLUG)).one()
        secret = passwords.make_hash(PASSWORD)
        boss = Actor(None, "bench", frozenset({Role.ADMIN}), at=now - dt.timedelta(days=9))
        towns = db.session.scalars(select(Municipality).order_by(Municipality.id)).all()
        kept = select(Organisation).where(Organisation.municipality_id.is_not(None))
        places = {place.municipality_id: place for place in db.session.scalars(kept)}
        for number in range(people_wanted):
            town = towns[number % len(towns)]
            if town.id not in places:
                places[town.id] = Organisation(
                    kind=OrganisationKind.MUNICIPALITY,
                    name=f"Gemeente {town.name} (bench)",
                    municipality_id=town.id,
                )
                db.session.add(places[town.id])
                db.session.flush()
            address = f"schrijver{number}@example.org"
            user = people._store_user(
                boss,
                UserInput(
                    email=address,
                    name=f"Schrijver {number}",
                    password="",
                    organisation_id=places[town.id].id,
                    grants=(GrantInput(Role.APPLICANT, None),),
                ),
                secret,
            )
            actor = actor_for(user, now - dt.timedelta(hours=2))
            application = applications.start(actor, round_)
            content = full_content(actor, RULES_, regions=(application.region_links[0].region.slug,))
            for name in ("project", "reach", "plan", "budget", "contact", "answers"):
                applications.save_section(
                    actor, application, name, content.section(name), application.revision
                )
            writers[address] = application.id
            if number % 50 == 49:
                db.session.commit()
        db.session.commit()
        jobs.work(until_idle=True)
        db.session.remove()
        db.engine.dispose()
    return writers


def _round(world: World, now: dt.datetime, closes_at: dt.datetime) -> None:
    programme = world.actor("programme", now - dt.timedelta(days=10))
    rounds.create_scheme(programme, "pool", "Projectenpool", "Een impuls voor de aanpak.", "VDND")
    given = RoundInput(
        scheme_slug="pool",
        slug=SLUG,
        title="Ronde die bijna sluit",
        year=now.year,
        instrument=Instrument.SUBSIDY,
        legal_basis="Regeling voorbeeld",
        publication_reference="Staatscourant (voorbeeld)",
        publication_date=(now - dt.timedelta(days=10)).date(),
        opens_at=now - dt.timedelta(days=8),
        closes_at=closes_at,
        ceiling=1_000_000_000,
        rules=RULES_,
    )
    rounds.publish(programme, rounds.create(programme, given))
    db.session.commit()


def start(folder: Path, url: str, workers: int, threads: int) -> Site:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    own = environment(folder, url)
    log = (folder / "server.log").open("wb")
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--workers", str(workers), "--threads", str(threads), "--keep-alive", "30", "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=own, stdout=log, stderr=log)
    work = ["nice", sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    worker = subprocess.Popen(work, cwd=ROOT, env=own, stdout=log, stderr=log)
    site = Site(folder, url, port, server, worker)
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/gezond")
            if connection.getresponse().status == 200:
                return site
        except OSError:
            pass
        time.sleep(0.2)
    site.stop()
    raise SystemExit(f"the server did not start:\n{(folder / 'server.log').read_text()[-2000:]}")


def close_at(app: Flask, moment: dt.datetime) -> None:
    """Let the round close at another moment: as if it had been published so; the trigger on it steps aside."""
    with app.app_context():
        table = Round.__tablename__
        dialect = db.engine.dialect.name
        for statement in drop_immutable_triggers(table, dialect):
            db.session.execute(text(statement))
        db.session.execute(update(Round).where(Round.slug == SLUG).values(closes_at=moment))
        for statement in immutable_triggers(table, dialect):
            db.session.execute(text(statement))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def wait_for_receipts(app: Flask, longest: float = 180.0) -> float:
    """Seconds until no mail waits any more."""
    began = time.monotonic()
    while time.monotonic() - began < longest:
        with app.app_context():
            waiting = db.session.scalar(
                select(func.count())
                .select_from(jobs.Job)
                .where(jobs.Job.kind == "mail", jobs.Job.done_at.is_(None))
            )
            db.session.remove()
        if not waiting:
            break
        time.sleep(0.5)
    return time.monotonic() - began


class Sent(Protocol):
    """What a writer was told: the last save that was confirmed, and the one that was submitted."""

    application: int
    acknowledged: int
    submitted: int | None
    file: str


def lacking(app: Flask, closes_at: dt.datetime, writers: Sequence[Sent]) -> list[str]:
    """What was acknowledged and is not in the database, or is there and came too late."""
    wrong = []
    with app.app_context():
        for writer in writers:
            application = db.session.get_one(Application, writer.application)
            if writer.acknowledged and _mark(queries.draft(application)) < writer.acknowledged:
                wrong.append(f"{application.reference}: save {writer.acknowledged} is not there")
            if writer.file:
                kept = [
                    entry for entry in queries.draft(application).documents if entry.sha256 == writer.file
                ]
                if not kept or blobs.problem(writer.file, kept[0].size):
                    wrong.append(f"{application.reference}: the file is not there")
            version = application.current_version
            if writer.submitted is None:
                continue
            if version is None:
                wrong.append(f"{application.reference}: the submitted version is not there")
                continue
            content = queries.content_of(version)
            if fingerprint(content.to_json()) != version.sha256:
                wrong.append(f"{application.reference}: the version is not what its hash says")
            if writer.submitted and _mark(content) < writer.submitted:
                wrong.append(f"{application.reference}: save {writer.submitted} was not submitted")
            if len(application.versions) != 1:
                wrong.append(f"{application.reference}: {len(application.versions)} versions of one submit")
            if version.submitted_at > closes_at:
                wrong.append(f"{application.reference}: submitted after the close")
        wrong += audit.verify_all()
        db.session.remove()
        db.engine.dispose()
    return wrong


def _mark(content: Content) -> int:
    """The number of the save that this text came with; 0 for the text that was there before."""
    found = re.match(r"opslag (\d+)", content.plan.occasion)
    return int(found.group(1)) if found else 0
