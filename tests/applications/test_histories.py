"""Any order of writing, submitting, checking and time: nothing acknowledged is lost, nothing submitted changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pool.applications import queries, rules, service
from pool.applications.inputs import CheckedPoint, CheckInput, HearingInput
from pool.applications.models import Application
from pool.applications.states import IN_HEARING, ApplicationState, Completeness
from pool.core import audit
from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import PoolError, Refused
from pool.core.text import canonical_json, sha256_hex
from tests.support.applications_factory import make_draft
from tests.support.world import RULES, START, World

CLOSES = START + dt.timedelta(days=14)
TEXTS = {"project": "summary", "plan": "approach", "contact": "function", "budget": "explanation"}
PEOPLE = ("Ali", "Kim")

people = st.sampled_from(PEOPLE)
steps = st.one_of(
    st.tuples(st.just("open"), people, st.sampled_from(sorted(TEXTS))),
    st.tuples(st.just("save"), people, st.sampled_from(sorted(TEXTS)), st.text(max_size=3)),
    st.tuples(st.just("save"), people, st.sampled_from(sorted(TEXTS)), st.text(max_size=3)),
    st.tuples(st.just("submit"), people),
    st.tuples(st.just("submit_read"), people),
    st.tuples(st.just("withdraw"), people),
    st.tuples(st.just("check"), st.sampled_from(list(Completeness)), st.sampled_from(["budget", "plan"])),
    st.tuples(st.just("be_heard"), people, st.booleans()),
    st.just(("refuse",)),
    st.just(("drop_intention",)),
    st.tuples(st.just("wait"), st.sampled_from([1, 60 * 24, 60 * 24 * 6, 60 * 24 * 13])),
    st.tuples(st.just("to_the_closing_moment"), st.sampled_from([-1, 0, 1])),
)


@dataclass
class History:
    """What has been acknowledged so far, beside what the system says."""

    world: World
    application: Application
    at: dt.datetime
    opened: dict[tuple[str, str], int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    kept_at: dict[str, int] = field(default_factory=dict)
    submitted: dict[int, bytes] = field(default_factory=dict)

    def actor(self, name: str = "", key: str = "applicant") -> Actor:
        found = self.world.actor(key, self.at)
        return dataclasses.replace(found, name=name or found.name)

    # --- what people do -----------------------------------------------------------------------------------

    def open(self, who: str, section: str) -> None:
        self.opened[who, section] = self.application.revision

    def save(self, who: str, section: str, text: str) -> None:
        seen = self.opened.get((who, section), 0)
        value = queries.draft(self.application).section(section)
        text = f"{who}: {text}."
        mine = dataclasses.replace(value, **{TEXTS[section]: text})
        service.save_section(self.actor(who), self.application, section, mine, seen)
        db.session.commit()
        now = getattr(queries.draft(self.application).section(section), TEXTS[section])
        if now != self.kept.get(section):
            assert self.kept_at.get(section, 0) <= seen, "a text was replaced by somebody who had not seen it"
            self.kept[section], self.kept_at[section] = now, self.application.revision
        self.opened[who, section] = self.application.revision

    def submit(self, who: str, revision: int | None = None) -> None:
        asked = self.application.state == ApplicationState.SUPPLEMENT_REQUESTED
        verb = service.supplement if asked else service.submit
        version = verb(self.actor(who), self.application, revision)
        db.session.commit()
        assert asked or self.at <= CLOSES
        self.submitted.setdefault(version.number, canonical_json(version.content))

    def submit_read(self, who: str) -> None:
        self.submit(who, max((r for (w, _s), r in self.opened.items() if w == who), default=0))

    def withdraw(self, who: str) -> None:
        service.withdraw(self.actor(who), self.application, "Toch niet")
        db.session.commit()

    def check(self, outcome: Completeness, code: str) -> None:
        points = tuple(
            CheckedPoint(p.code, outcome == Completeness.COMPLETE or p.code != code, "Leg uit.")
            for p in rules.check_points(RULES)
        )
        service.check(
            self.actor(key="programme"), self.application, CheckInput(outcome, points, "Daarom niet.")
        )
        db.session.commit()

    def be_heard(self, who: str, has_view: bool) -> None:
        hearing = self.application.open_hearing
        service.be_heard(
            self.actor(who), self.application, HearingInput(has_view, "Nee." if has_view else "")
        )
        db.session.commit()
        assert hearing is not None
        assert self.at <= hearing.until

    def refuse(self) -> None:
        hearing = self.application.open_hearing
        weighing = "Gelezen." if hearing and hearing.view and hearing.view.text else ""
        service.refuse(self.actor(key="programme"), self.application, "Daarom niet.", weighing)
        db.session.commit()
        assert hearing is not None
        assert hearing.answered_at is not None or self.at > hearing.until, "refused without a hearing"

    def drop_intention(self) -> None:
        service.drop_intention(self.actor(key="programme"), self.application, "Toch wel.")
        db.session.commit()

    def wait(self, minutes: int) -> None:
        self.at += dt.timedelta(minutes=minutes)

    def to_the_closing_moment(self, microseconds: int) -> None:
        if self.at <= CLOSES:
            self.at = CLOSES + dt.timedelta(microseconds=microseconds)

    # --- what must hold -----------------------------------------------------------------------------------

    def holds(self) -> None:
        db.session.expire_all()
        application = self.application
        draft = queries.draft(application)
        for section, text in self.kept.items():
            assert getattr(draft.section(section), TEXTS[section]) == text, "acknowledged text was lost"
        assert [v.number for v in application.versions] == sorted(self.submitted)
        for version in application.versions:
            assert canonical_json(version.content) == self.submitted[version.number], (
                "a submitted byte changed"
            )
            assert version.sha256 == sha256_hex(self.submitted[version.number])
        content = queries.content(application)
        assert application.title == content.project.title
        assert application.requested == content.budget.requested
        assert (application.submitted_at is None) == (not application.versions)
        waiting = application.state == ApplicationState.SUPPLEMENT_REQUESTED
        assert waiting == (application.supplement_until is not None)
        open_ = application.open_hearing
        assert (application.state in IN_HEARING) == (open_ is not None)
        answered = open_ is not None and open_.answered_at is not None
        assert (application.state == ApplicationState.HEARD) == answered


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=25))
def test_any_history(world: World, story: list[tuple[Any, ...]]) -> None:
    history = _begin(world)
    for name, *arguments in story:
        try:
            getattr(history, name)(*arguments)
        except PoolError:
            db.session.rollback()
        history.holds()
    assert audit.verify_chain(history.application.audit_chain) == []


def _begin(world: World) -> History:
    from pool.rounds import queries as rounds

    found = next(iter(db.session.scalars(rounds.visible_to(world.actor("programme"))).unique()), None)
    application = make_draft(world, found or world.round())
    return History(world, application, START + dt.timedelta(days=1))


def test_the_histories_notice_a_lost_text(world: World, monkeypatch: Any) -> None:
    """The broken twin: when the revision is not looked at, the property goes red."""
    held = service.save_section

    def careless(actor: Actor, application: Application, section: str, value: Any, _revision: int) -> None:
        held(actor, application, section, value, 10**9)

    monkeypatch.setattr(service, "save_section", careless)
    history = _begin(world)
    for who in PEOPLE:
        history.open(who, "plan")
    history.save("Ali", "plan", "eerst")
    try:
        history.save("Kim", "plan", "daarna")
    except AssertionError as error:
        assert "had not seen it" in str(error)  # noqa: PT017
    else:
        raise AssertionError("the property did not notice")


def test_the_histories_reach_every_state(world: World) -> None:
    """The steps above are not idle: each kind of state can be reached with them."""
    seen = set()
    for story in (
        [("submit", "Ali"), ("check", Completeness.COMPLETE, "plan")],
        [("submit", "Ali"), ("check", Completeness.INTENDED, "plan")],
        [("submit", "Ali"), ("check", Completeness.INTENDED, "plan"), ("be_heard", "Kim", True)],
        [
            ("submit", "Ali"),
            ("check", Completeness.INTENDED, "plan"),
            ("be_heard", "Kim", True),
            ("refuse",),
        ],
        [("submit", "Ali"), ("check", Completeness.SUPPLEMENT, "plan"), ("submit", "Kim")],
        [("withdraw", "Ali")],
    ):
        history = _begin(world)
        for name, *arguments in story:
            getattr(history, name)(*arguments)
            history.holds()
            seen.add(history.application.state)
    assert seen == set(ApplicationState) - {ApplicationState.DRAFT}


def test_a_late_submit_is_refused_in_a_history_too(world: World) -> None:
    history = _begin(world)
    history.to_the_closing_moment(1)
    try:
        history.submit("Ali")
    except Refused as error:
        assert error.code == "late"  # noqa: PT017
    history.holds()
