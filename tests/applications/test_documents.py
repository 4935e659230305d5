"""Files with an application: refusals first; then keeping, replacing, submitting, supplementing and scanning."""

from __future__ import annotations

import datetime as dt
import errno
import functools
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pool.applications import queries, rules, scanning, service
from pool.applications.inputs import CheckedPoint, CheckInput, FileEntry
from pool.applications.models import Application, ApplicationFile
from pool.applications.scanning import ScanState, Verdict
from pool.applications.states import ApplicationState, Completeness, FileState
from pool.core import audit, blobs, clock, delivery, jobs
from pool.core.access import system
from pool.core.db import db
from pool.core.delivery import Delivery, MailKind
from pool.core.downloads import Unavailable
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.outbox import Mail
from pool.core.text import canonical_json, sha256_hex
from pool.people import service_mail
from pool.rounds import queries as rounds
from pool.rounds.inputs import DocumentRule
from tests.support import uploads
from tests.support.applications_factory import attach, make_application, make_draft
from tests.support.world import RULES, START, World

PLAN = DocumentRule("plan", "Projectplan", "Ten hoogste tien bladzijden", True, ("pdf", "odt"))
LETTERS = DocumentRule("steun", "Steunbrieven", "", False, ("pdf", "image"))
ASKING = replace(RULES, documents=(PLAN, LETTERS))
CLOSES = START + dt.timedelta(days=14)


@functools.cache
def pdf(text: str = "") -> bytes:
    """A PDF of its own for every text."""
    return uploads.pdf(lambda document: document.docinfo.__setitem__("/Title", text))


def names(application: Application, code: str = "") -> list[str]:
    entries = queries.draft(application).documents
    return [entry.name for entry in entries if entry.document == code or not code]


def refused(kind: type[Exception], code: str, call: Callable[[], object]) -> Any:
    with pytest.raises(kind) as caught:
        call()
    db.session.rollback()
    assert caught.value.code == code, caught.value.message  # type: ignore[attr-defined]
    return caught.value


@pytest.fixture
def draft(world: World) -> Application:
    """A draft in which nothing is missing; it has plan.pdf."""
    return make_draft(world, world.round(rules=ASKING))


# --- who and when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant_b", "programme", "lead", "assessor", "admin", "auditor"])
def test_only_the_own_municipality_adds_and_removes(world: World, draft: Application, key: str) -> None:
    row, actor = draft_file(draft), world.later(key, days=2)
    entry = service.receive(LETTERS, "brief.pdf", io.BytesIO(pdf("brief")))
    refused(Refused, "refused", lambda: service.add_file(actor, draft, entry))
    refused(Refused, "refused", lambda: service.remove_file(actor, draft, row.id))
    assert names(draft) == ["plan.pdf"]


def draft_file(application: Application, code: str = "plan") -> ApplicationFile:
    entries = rules.files_of(queries.draft(application).documents, code)
    return queries.files_of(application, entries)[0]


@pytest.mark.parametrize(("late", "code"), [(0, ""), (1, "late")])
def test_up_to_the_closing_microsecond(world: World, draft: Application, late: int, code: str) -> None:
    actor = world.actor("applicant", CLOSES + dt.timedelta(microseconds=late))
    entry = service.receive(LETTERS, "brief.pdf", io.BytesIO(pdf("brief")))
    if code:
        refused(Refused, code, lambda: service.add_file(actor, draft, entry))
        refused(Refused, code, lambda: service.remove_file(actor, draft, draft_file(draft).id))
    else:
        service.add_file(actor, draft, entry)
        assert names(draft) == ["plan.pdf", "brief.pdf"]


def test_after_withdrawing_nothing_comes_or_goes(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    service.withdraw(actor, draft, "Toch niet")
    db.session.commit()
    entry = service.receive(LETTERS, "brief.pdf", io.BytesIO(pdf("brief")))
    refused(Refused, "state", lambda: service.add_file(actor, draft, entry))
    refused(Refused, "state", lambda: service.remove_file(actor, draft, draft_file(draft).id))


def test_a_document_that_the_round_does_not_ask(world: World, draft: Application) -> None:
    entry = replace(queries.draft(draft).documents[0], document="anders")
    refused(Missing, "missing", lambda: service.add_file(world.later("applicant", days=2), draft, entry))


# --- what fits --------------------------------------------------------------------------------------------


def test_a_hostile_file_is_refused_with_its_reason_and_not_kept(app: Flask, draft: Application) -> None:
    before = kept_bytes()
    found = refused(
        Invalid,
        "active",
        lambda: service.receive(
            PLAN,
            "..\\..\\plan.pdf",
            io.BytesIO(uploads.pdf(lambda d: d.Root.__setitem__("/OpenAction", script(d)))),
        ),
    )
    assert found.field == "file_plan"
    assert found.message.startswith("‘plan.pdf’ is niet toegevoegd. Dit bestand bevat onderdelen")
    assert kept_bytes() == before


def script(_document: object) -> Any:
    from tests.support.hostile_uploads import String, action

    return action("JavaScript", JS=String("app.alert(1)"))


def kept_bytes() -> set[str]:
    return {p.parent.name + p.name for p in blobs.folder().glob("[0-9a-f][0-9a-f]/*")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.docx", uploads.docx()),
        ("plan.png", uploads.png()),
        ("dia.odp", uploads.good_files()["dia's.odp"]),
    ],
)
def test_a_kind_that_is_not_asked_for(app: Flask, name: str, content: bytes) -> None:
    found = refused(Invalid, "kind", lambda: service.receive(PLAN, name, io.BytesIO(content)))
    assert "Lever dit document aan als PDF of ODT (tekst)." in found.message


def test_a_full_disk_is_said_and_leaves_nothing(
    app: Flask, draft: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(blobs.folder().rglob("*"))

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs.os, "fsync", full)
    found = refused(
        Unavailable, "storage", lambda: service.receive(PLAN, "groot.pdf", io.BytesIO(pdf("vol")))
    )
    assert found.field == "file_plan"
    assert "‘groot.pdf’ nu niet bewaren" in found.message
    assert set(blobs.folder().rglob("*")) == before


def test_the_same_file_again_is_the_same(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    row = attach(actor, draft, "steun", "brief.pdf", pdf("brief"))
    again = attach(actor, draft, "steun", "brief.pdf", pdf("brief"))
    assert (row.id, names(draft, "steun")) == (again.id, ["brief.pdf"])
    found = refused(Invalid, "same", lambda: attach(actor, draft, "steun", "anders.pdf", pdf("brief")))
    assert "‘brief.pdf’" in found.message


def test_another_file_with_the_same_name_must_replace_or_be_renamed(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    refused(Invalid, "name", lambda: attach(actor, draft, "plan", "PLAN.PDF", pdf("beter")))
    attach(actor, draft, "plan", "plan.pdf", pdf("beter"), replaces=draft_file(draft).id)
    assert names(draft) == ["plan.pdf"]
    assert queries.draft(draft).documents[0].sha256 == sha256_hex(pdf("beter"))


def test_no_more_than_the_most(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    for number in range(rules.MAX_FILES):
        attach(actor, draft, "steun", f"brief {number}.pdf", pdf(f"brief {number}"))
    refused(Invalid, "too_many", lambda: attach(actor, draft, "steun", "nog een.pdf", pdf("te veel")))
    first = draft_file(draft, "steun")
    attach(actor, draft, "steun", "nog een.pdf", pdf("te veel"), replaces=first.id)
    assert names(draft, "steun")[0] == "nog een.pdf"
    assert len(names(draft, "steun")) == rules.MAX_FILES


# --- replacing and removing -------------------------------------------------------------------------------


def test_replacing_what_a_colleague_replaced_is_a_conflict(world: World, draft: Application) -> None:
    actor, first = world.later("applicant", days=2), draft_file(draft).id
    attach(actor, draft, "plan", "van Ali.pdf", pdf("Ali"), replaces=first)
    refused(Conflict, "gone", lambda: attach(actor, draft, "plan", "van Kim.pdf", pdf("Kim"), replaces=first))
    assert names(draft) == ["van Ali.pdf"]
    other = attach(actor, draft, "steun", "brief.pdf", pdf("brief"))
    refused(Conflict, "gone", lambda: attach(actor, draft, "plan", "x.pdf", pdf("x"), replaces=other.id))


def test_removing_twice_is_no_problem_and_leaves_nothing(world: World, draft: Application) -> None:
    actor, row = world.later("applicant", days=2), draft_file(draft)
    ident, sha256 = row.id, row.sha256
    for _ in range(2):
        service.remove_file(actor, draft, ident)
        db.session.commit()
    assert names(draft) == []
    assert db.session.scalars(select(ApplicationFile)).all() == []
    assert sha256 not in service_known()
    attach(actor, draft, "plan", "nieuw.pdf", pdf("nieuw"))
    assert draft_file(draft).id != ident


def service_known() -> set[str]:
    from pool.applications.queries_documents import known_hashes

    return set(known_hashes())


def test_a_file_of_another_application_is_not_removed(world: World, draft: Application) -> None:
    other = make_draft(world, draft.round, "applicant_b")
    service.remove_file(world.later("applicant_b", days=2), other, draft_file(draft).id)
    db.session.commit()
    assert names(draft) == ["plan.pdf"]
    assert draft_file(draft)


def test_adding_makes_an_earlier_look_stale(world: World, draft: Application) -> None:
    """Who submits what he read before a colleague added a file, is told."""
    read = draft.revision
    attach(world.later("applicant", days=2), draft, "steun", "brief.pdf", pdf("brief"))
    refused(Conflict, "stale", lambda: service.submit(world.later("applicant", days=2), draft, read))


# --- submitting -------------------------------------------------------------------------------------------


def test_a_required_document_is_demanded_at_submit(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    service.remove_file(actor, draft, draft_file(draft).id)
    db.session.commit()
    found = refused(InvalidMany, "invalid", lambda: service.submit(actor, draft))
    assert [(p.section, p.field) for p in found.problems] == [("documents", "file_plan")]


def test_a_version_holds_its_files_for_good(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    version = service.submit(actor, draft)
    db.session.commit()
    entry = queries.content_of(version).documents[0]
    assert version.content["documents"] == [
        {
            "document": "plan",
            "name": "plan.pdf",
            "media_type": "application/pdf",
            "size": entry.size,
            "sha256": entry.sha256,
        }
    ]
    assert version.sha256 == sha256_hex(canonical_json(version.content))
    with blobs.open_(entry.sha256) as kept:
        assert hashlib.sha256(kept.read()).hexdigest() == entry.sha256
    body = db.session.scalars(select(Mail).where(Mail.subject.startswith("Ontvangen"))).first()
    assert body is not None
    assert f"- plan.pdf\n  SHA-256 {entry.sha256}" in body.body
    row = draft_file(draft)
    assert row.version_id == version.id
    service.remove_file(actor, draft, row.id)
    db.session.commit()
    assert names(draft) == []
    assert queries.content(draft).documents == (entry,)
    assert queries.files_of(draft, [entry]) == [row]


@pytest.mark.parametrize("change", ["name", "sha256", "delete", "version_id"])
def test_the_database_keeps_the_row_of_a_submitted_file(
    world: World, draft: Application, change: str
) -> None:
    service.submit(world.later("applicant", days=2), draft)
    db.session.commit()
    statement: Any = (
        delete(ApplicationFile)
        if change == "delete"
        else update(ApplicationFile).values({change: None if change == "version_id" else "f" * 64})
    )
    with pytest.raises(Exception, match="immutable"):
        db.session.execute(statement)
    db.session.rollback()


def test_a_new_version_may_have_other_files(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    first = service.submit(actor, draft)
    attach(actor, draft, "plan", "beter.pdf", pdf("beter"), replaces=draft_file(draft).id)
    second = service.submit(actor, draft)
    db.session.commit()
    assert [e.name for e in queries.content_of(first).documents] == ["plan.pdf"]
    assert [e.name for e in queries.content_of(second).documents] == ["beter.pdf"]
    found = queries.files_of(draft, (*queries.content_of(first).documents, *queries.draft(draft).documents))
    assert [row.version_id for row in found] == [first.id, second.id]


# --- supplement -------------------------------------------------------------------------------------------


def ask(world: World, application: Application, *codes: str) -> None:
    points = tuple(
        CheckedPoint(p.code, p.code not in codes, "Graag nog eens." if p.code in codes else "")
        for p in rules.check_points(ASKING)
    )
    service.check(world.later("programme", days=15), application, CheckInput(Completeness.SUPPLEMENT, points))
    db.session.commit()


def test_there_is_a_point_per_document(world: World) -> None:
    found = {p.code: p for p in rules.check_points(ASKING)}
    assert found["document_plan"].label == "Het document ‘Projectplan’ is in orde."
    assert found["document_plan"].section == found["document_steun"].section == "documents"
    assert not any(p.section == "documents" for p in rules.check_points(RULES))


def test_a_supplement_changes_only_the_documents_that_were_asked(world: World) -> None:
    application = make_application(world, world.round(rules=ASKING))
    ask(world, application, "document_steun")
    actor = world.later("applicant", days=16)
    refused(Refused, "not_asked", lambda: attach(actor, application, "plan", "stiekem.pdf", pdf("stiekem")))
    refused(Refused, "not_asked", lambda: service.remove_file(actor, application, draft_file(application).id))
    attach(actor, application, "steun", "brief.pdf", pdf("brief"))
    version = service.supplement(actor, application)
    db.session.commit()
    assert [e.name for e in queries.content_of(version).documents] == ["plan.pdf", "brief.pdf"]


def test_without_a_question_about_documents_none_changes(world: World) -> None:
    application = make_application(world, world.round(rules=ASKING))
    ask(world, application, "budget")
    actor = world.later("applicant", days=16)
    refused(Refused, "not_asked", lambda: attach(actor, application, "steun", "brief.pdf", pdf("brief")))


def test_a_file_that_was_never_submitted_does_not_slip_in_with_a_supplement(world: World) -> None:
    application = make_application(world, world.round(rules=ASKING))
    early = world.later("applicant", days=3)
    attach(early, application, "plan", "later.pdf", pdf("later"), replaces=draft_file(application).id)
    ask(world, application, "document_steun")
    actor = world.later("applicant", days=16)
    attach(actor, application, "steun", "brief.pdf", pdf("brief"))
    version = service.supplement(actor, application)
    db.session.commit()
    assert [e.name for e in queries.content_of(version).documents] == ["plan.pdf", "brief.pdf"]
    assert sorted(names(application)) == ["brief.pdf", "later.pdf"]


# --- scanning ---------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    """A scanner is configured, and says these things in turn; the last one for ever."""
    said = [Verdict(ScanState.CLEAN)]

    def scan(_stream: object, address: str, *, seconds: float) -> Verdict:
        assert address == "clamd:3310"
        return said.pop(0) if len(said) > 1 else said[0]

    monkeypatch.setitem(app.config, "POOL_CLAMD", "clamd:3310")
    monkeypatch.setattr(scanning, "scan", scan)
    return said


def test_without_a_scanner_a_file_is_marked_as_not_scanned(draft: Application) -> None:
    row = draft_file(draft)
    assert row.state == FileState.UNSCANNED
    assert row.state.label == "niet op virussen gescand"
    assert rules.can_read_file(row.state)
    assert db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "scan")).all() == []


def test_with_a_scanner_a_file_waits_and_is_then_cleared(
    world: World, scanner: list[Verdict], draft: Application
) -> None:
    row = draft_file(draft)
    assert row.state == FileState.QUARANTINED
    assert not rules.can_read_file(row.state)
    # Submitting counts from when it came in, also while the scan waits.
    service.submit(world.later("applicant", days=2), draft)
    db.session.commit()
    assert "wacht op de viruscontrole" in queries.notes(draft, queries.content(draft))[0]
    jobs.work(until_idle=True)
    db.session.refresh(row)
    assert (row.state, row.finding) == (FileState.CLEAN, "")
    assert row.scanned_at is not None
    assert queries.notes(draft, queries.content(draft)) == []
    assert audit.verify_chain(draft.audit_chain) == []
    assert audit.trail(draft.audit_chain)[-1].action == "file.clear"


def test_a_virus_is_told_and_has_to_go_before_submitting(
    world: World, scanner: list[Verdict], draft: Application
) -> None:
    scanner[:] = [Verdict(ScanState.INFECTED, "Eicar-Test")]
    jobs.work(until_idle=True)
    row = draft_file(draft)
    assert (row.state, row.finding) == (FileState.INFECTED, "Eicar-Test")
    assert rules.can_read_file(row.state).code == "infected"
    letters = db.session.scalars(select(Mail).where(Mail.subject.startswith("Virus"))).all()
    assert {m.recipient for m in letters} == {"applicant@example.org", "contact@example.org"}
    assert "‘plan.pdf’" in letters[0].body
    assert "Eicar-Test" in letters[0].body
    actor = world.later("applicant", days=2)
    found = refused(InvalidMany, "invalid", lambda: service.submit(actor, draft))
    assert "virus" in found.problems[0].message
    assert (found.problems[0].section, found.problems[0].field) == ("documents", "file_plan")
    refused(Invalid, "infected", lambda: other_bytes_same_row(world, draft))
    attach(actor, draft, "plan", "schoon.pdf", pdf("schoon"), replaces=row.id)
    service.submit(actor, draft)


@pytest.mark.parametrize("how", [Delivery.PORTAL, Delivery.WEEKLY])
def test_nobody_misses_a_virus_by_what_was_chosen(
    world: World, scanner: list[Verdict], draft: Application, how: Delivery
) -> None:
    actor = world.later("applicant", days=1)
    with pytest.raises(Invalid, match="altijd"):
        service_mail.choose(actor, {MailKind.VIRUS: how})
    kinds = set(service_mail.kinds_for(actor)) - delivery.NOT_CHOSEN
    service_mail.choose(actor, dict.fromkeys(kinds, how))
    db.session.commit()
    scanner[:] = [Verdict(ScanState.INFECTED, "Eicar-Test")]
    jobs.work(until_idle=True)
    letter = db.session.scalars(select(Mail).where(Mail.user_id == actor.user_id)).one()
    assert (letter.kind, letter.delivery) == (MailKind.VIRUS, Delivery.AT_ONCE)
    sent = jobs.by_key(letter.job_key)
    assert sent is not None
    assert sent.done_at is not None


def other_bytes_same_row(world: World, application: Application) -> None:
    """Take the infected file out of the text, then send the very same one; its row stayed with a version."""
    actor, row = world.later("applicant", days=2), draft_file(application)
    entry = queries.draft(application).documents[0]
    application.content = {**application.content, "documents": []}
    assert row.state == FileState.INFECTED
    service.add_file(actor, application, entry)


def test_a_virus_found_after_submitting_changes_no_byte(
    world: World, scanner: list[Verdict], draft: Application
) -> None:
    version = service.submit(world.later("applicant", days=2), draft)
    db.session.commit()
    before = canonical_json(version.content)
    scanner[:] = [Verdict(ScanState.INFECTED, "Eicar-Test")]
    jobs.work(until_idle=True)
    db.session.expire_all()
    assert canonical_json(version.content) == before
    assert draft.state == ApplicationState.SUBMITTED
    assert "virus gevonden" in queries.notes(draft, queries.content(draft))[0]


def test_an_infected_file_that_is_not_asked_for_does_not_block_a_supplement(
    world: World, scanner: list[Verdict]
) -> None:
    application = make_application(world, world.round(rules=ASKING))
    scanner[:] = [Verdict(ScanState.INFECTED, "Eicar-Test")]
    jobs.work(until_idle=True)
    ask(world, application, "document_steun")
    scanner[:] = [Verdict(ScanState.CLEAN)]
    actor = world.later("applicant", days=16)
    attach(actor, application, "steun", "brief.pdf", pdf("brief"))
    service.supplement(actor, application)


def test_a_scanner_that_is_away_keeps_the_file_in_quarantine_and_is_asked_again(
    world: World, scanner: list[Verdict], draft: Application
) -> None:
    scanner[:] = [Verdict(ScanState.UNAVAILABLE, "connection refused")]
    jobs.work(until_idle=True)
    row = draft_file(draft)
    assert (row.state, row.finding) == (FileState.QUARANTINED, "connection refused")
    waiting = db.session.scalars(
        select(jobs.Job).where(jobs.Job.kind == "scan", jobs.Job.done_at.is_(None))
    ).one()
    assert waiting.payload == {"file_id": row.id, "attempt": 2}
    assert waiting.run_at > clock.now()
    # Much longer than the eight attempts of an ordinary job.
    for attempt in range(3, 15):
        waiting.run_at = clock.now()
        db.session.commit()
        jobs.work(until_idle=True)
        waiting = db.session.scalars(
            select(jobs.Job).where(jobs.Job.kind == "scan", jobs.Job.done_at.is_(None))
        ).one()
        assert waiting.payload["attempt"] == attempt
        assert waiting.run_at - clock.now() <= dt.timedelta(hours=1)
    scanner[:] = [Verdict(ScanState.CLEAN)]
    waiting.run_at = clock.now()
    db.session.commit()
    jobs.work(until_idle=True)
    db.session.refresh(row)
    assert (row.state, row.finding) == (FileState.CLEAN, "")


def test_a_scanner_that_was_taken_away_lets_go_what_waited(
    app: Flask, scanner: list[Verdict], draft: Application
) -> None:
    app.config["POOL_CLAMD"] = ""
    jobs.work(until_idle=True)
    assert draft_file(draft).state == FileState.UNSCANNED


def test_a_file_that_was_removed_is_not_scanned(
    world: World, scanner: list[Verdict], draft: Application
) -> None:
    service.remove_file(world.later("applicant", days=2), draft, draft_file(draft).id)
    db.session.commit()
    jobs.work(until_idle=True)
    open_jobs = select(jobs.Job).where(jobs.Job.kind == "scan", jobs.Job.done_at.is_(None))
    assert db.session.scalars(open_jobs).all() == []


def test_nobody_clears_a_file_by_hand(world: World, scanner: list[Verdict], draft: Application) -> None:
    row = draft_file(draft)
    refused(
        Refused,
        "refused",
        lambda: service.record_scan(world.later("programme", days=2), row, Verdict(ScanState.CLEAN)),
    )
    service.record_scan(system(clock.now()), row, Verdict(ScanState.CLEAN))
    service.record_scan(system(clock.now()), row, Verdict(ScanState.INFECTED, "te laat"))
    assert row.state == FileState.CLEAN


def test_the_rules_and_the_inspection_have_one_bound() -> None:
    from pool.applications.inspection import Kind, Limits

    assert Limits().size == rules.MAX_FILE_BYTES
    assert {kind.media_type for kind in Kind} - set(rules.MEDIA_TYPES) == {Kind.ODP.media_type}


def test_rounds_without_documents_have_no_such_section(world: World) -> None:
    round_ = world.round()
    assert "documents" not in {s.value for s in queries.sections(rounds.rules_of(round_))}


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 kB"),
        (1_000, "1 kB"),
        (1_001, "2 kB"),
        (999_999, "1.000 kB"),
        (1_000_000, "1,0 MB"),
        (24_910_000, "25,0 MB"),
    ],
)
def test_sizes_as_people_read_them(size: int, text: str) -> None:
    assert queries.file_facts(FileEntry("x", "y", "image/png", size, "")) == f"PNG, {text}"
