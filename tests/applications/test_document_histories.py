"""Any order of sending in, taking away, writing, submitting, checking and time, by two people: no acknowledged file
or text is lost, and no submitted byte changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pool.applications import queries, rules, service
from pool.applications.inputs import CheckedPoint, CheckInput, FileEntry
from pool.applications.models import ApplicationFile
from pool.applications.service import documents
from pool.applications.states import Completeness
from pool.core import audit, blobs
from pool.core.db import db
from pool.core.errors import PoolError
from pool.rounds import queries as rounds
from tests.applications.test_documents import ASKING, names, pdf
from tests.applications.test_histories import PEOPLE, START, TEXTS, History
from tests.support.applications_factory import attach, make_draft
from tests.support.world import World

CODES = ("plan", "steun")
FILES = ("a", "b", "c")

people = st.sampled_from(PEOPLE)
upload = st.tuples(st.just("upload"), people, st.sampled_from(CODES), st.sampled_from(FILES))
steps = st.one_of(
    upload,
    upload,
    st.tuples(st.just("replace"), people, st.sampled_from(CODES), st.sampled_from(FILES), st.integers(0, 2)),
    st.tuples(st.just("remove"), people, st.integers(0, 3)),
    st.tuples(st.just("open"), people, st.sampled_from(sorted(TEXTS))),
    st.tuples(st.just("save"), people, st.sampled_from(sorted(TEXTS)), st.text(max_size=3)),
    st.tuples(st.just("submit"), people),
    st.tuples(st.just("submit"), people),
    st.tuples(st.just("withdraw"), people),
    st.tuples(
        st.just("check"),
        st.sampled_from(list(Completeness)),
        st.sampled_from(["document_plan", "document_steun", "plan"]),
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 60 * 24 * 6, 60 * 24 * 13])),
    st.tuples(st.just("to_the_closing_moment"), st.sampled_from([-1, 0, 1])),
)


@pytest.fixture(autouse=True)
def _inspected_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of these histories are known and good; what the inspection says is tested elsewhere."""

    def receive(document: Any, name: str, stream: Any) -> FileEntry:
        sha256, size = blobs.put(stream)
        return FileEntry(document.code, name, "application/pdf", size, sha256)

    monkeypatch.setattr(service, "receive", receive)


@dataclass
class FileHistory(History):
    """As `History`, with what was acknowledged about files: those of the draft, in order."""

    files: list[FileEntry] = field(default_factory=list)

    def upload(self, who: str, code: str, name: str) -> None:
        row = attach(self.actor(who), self.application, code, f"{name}.pdf", pdf(name))
        entry = entry_of(row)
        if entry not in self.files:
            self.files.append(entry)

    def replace(self, who: str, code: str, name: str, place: int) -> None:
        present = queries.files_of(self.application, rules.files_of(self.files, code))
        if place >= len(present):
            return
        old = entry_of(present[place])
        row = attach(
            self.actor(who), self.application, code, f"{name}.pdf", pdf(name), replaces=present[place].id
        )
        self.files[self.files.index(old)] = entry_of(row)

    def remove(self, who: str, place: int) -> None:
        present = queries.files_of(self.application, self.files)
        if place >= len(present):
            return
        entry = entry_of(present[place])
        service.remove_file(self.actor(who), self.application, present[place].id)
        db.session.commit()
        self.files.remove(entry)

    def check(self, outcome: Completeness, code: str) -> None:
        points = tuple(
            CheckedPoint(p.code, outcome == Completeness.COMPLETE or p.code != code, "Leg uit.")
            for p in rules.check_points(ASKING)
        )
        given = CheckInput(outcome, points, "Daarom niet.")
        service.check(self.actor(key="programme"), self.application, given)
        db.session.commit()

    def holds(self) -> None:
        super().holds()
        assert list(queries.draft(self.application).documents) == self.files, "an acknowledged file was lost"
        everywhere = {e for v in self.application.versions for e in queries.content_of(v).documents}
        for entry in everywhere | set(self.files):
            assert queries.files_of(self.application, [entry]), "a file has no row"
            with blobs.open_(entry.sha256) as kept:
                assert hashlib.sha256(kept.read()).hexdigest() == entry.sha256, "bytes changed"


def entry_of(row: ApplicationFile) -> FileEntry:
    return FileEntry(row.document, row.name, row.media_type, row.size, row.sha256)


def begin(world: World) -> FileHistory:
    found = next(iter(db.session.scalars(rounds.visible_to(world.actor("programme"))).unique()), None)
    application = make_draft(world, found or world.round(rules=ASKING))
    at = world.later("applicant", days=1).at
    assert at > START
    return FileHistory(world, application, at, files=list(queries.draft(application).documents))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=25))
def test_any_history_with_files(world: World, story: list[tuple[Any, ...]]) -> None:
    history = begin(world)
    for name, *arguments in story:
        try:
            getattr(history, name)(*arguments)
        except PoolError:
            db.session.rollback()
        history.holds()
    blobs.sweep(documents.queries_documents.known_hashes(), older_than=-1e12)
    history.holds()
    assert audit.verify_chain(history.application.audit_chain) == []


def test_the_histories_notice_a_lost_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken twin: when the row is not held, a second person writes over what the first one added."""
    history = begin(world)
    before = queries.draft(history.application)
    history.upload("Ali", "steun", "a")
    monkeypatch.setattr(documents.queries, "draft", lambda _application: before)
    attach(history.actor("Kim"), history.application, "steun", "b.pdf", pdf("b"))
    monkeypatch.undo()
    assert names(history.application) == ["plan.pdf", "b.pdf"]
    with pytest.raises(AssertionError, match="an acknowledged file was lost"):
        history.holds()
