"""What the content of an application needs; pure, without a database."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.applications import rules
from pool.applications.inputs import (
    SECTIONS,
    Budget,
    BudgetLine,
    Contact,
    Content,
    FileEntry,
    Partner,
    Plan,
    Project,
    Reach,
)
from pool.applications.states import BudgetKind, Section
from pool.core.access import visitor
from pool.core.outbox import Address
from pool.rounds.inputs import DocumentRule, Ground, Question
from tests.support.applications_factory import full_content
from tests.support.world import RULES

SHELTER = replace(
    RULES,
    themes=(),
    grounds=(Ground("tsd", "Toezicht Sociaal Domein"), Ground("lenferink", "Commissie-Lenferink")),
    shelter_partner=True,
    documents=(DocumentRule("plan", "Projectplan"), DocumentRule("steun", "Steunbrief", required=False)),
    questions=(Question("overlap", "Sluit het aan?"), Question("extra", "Nog iets?", required=False)),
)


def full(rules_=RULES) -> Content:
    return full_content(visitor(), rules_)


def fields_of(
    content: Content, rules_=RULES, own: str | None = "kennemerland"
) -> set[tuple[str, str | None]]:
    return {(lack.section, lack.field) for lack in rules.missing(content, rules_, own)}


def test_an_empty_draft_lacks_something_in_every_section_that_is_asked() -> None:
    assert {s for s, _ in fields_of(Content(), SHELTER)} == {s.value for s in Section}
    assert {s for s, _ in fields_of(Content())} == {s.value for s in Section} - {"answers", "documents"}


def test_a_document_is_missing_only_when_it_is_required() -> None:
    content = replace(full(SHELTER), documents=())
    assert fields_of(content, SHELTER) == {("documents", "file_plan")}
    other = FileEntry("steun", "brief.pdf", "application/pdf", 9, "0" * 64)
    assert fields_of(replace(content, documents=(other,)), SHELTER) == {("documents", "file_plan")}


def test_content_without_files_keeps_the_bytes_it_had_before_there_were_files() -> None:
    """Versions that were submitted earlier have a hash that somebody may hold in a receipt."""
    assert "documents" not in full().to_json()
    entry = FileEntry("plan", "plan.pdf", "application/pdf", 9, "0" * 64)
    content = replace(full(), documents=(entry,))
    assert Content.from_json(content.to_json()) == content
    assert content.to_json()["documents"] == [dataclasses.asdict(entry)]


@pytest.mark.parametrize("rules_", [RULES, SHELTER, replace(RULES, partial_awards=False)])
def test_full_content_lacks_nothing(rules_) -> None:
    assert rules.missing(full(rules_), rules_, "kennemerland") == []


@pytest.mark.parametrize(
    ("section", "field"),
    [
        *[("project", f) for f in ("title", "summary", "purpose", "theme")],
        *[
            ("plan", f)
            for f in ("occasion", "approach", "results", "sharing", "embedding", "starts_on", "ends_on")
        ],
        *[("contact", f) for f in ("name", "function", "email")],
    ],
)
def test_each_field_that_is_left_out_is_named(section: str, field: str) -> None:
    content = full()
    emptied = content.with_section(section, replace(content.section(section), **{field: ""}))
    assert fields_of(emptied) == {(section, field)}


@pytest.mark.parametrize(
    ("budget", "field"),
    [
        ({"requested": 0}, "requested"),
        ({"requested": 5_000_001}, "requested"),
        ({"requested": 4_900_000}, "requested"),
        ({"minimum": 0}, "minimum"),
        ({"minimum": 5_000_100}, "minimum"),
        ({"minimum": 4_000_050}, "minimum"),
        ({"lines": ()}, "lines"),
    ],
)
def test_amounts_that_do_not_fit(budget: dict, field: str) -> None:
    content = full()
    assert ("budget", field) in fields_of(replace(content, budget=replace(content.budget, **budget)))


def test_one_cent_out_of_balance_is_refused_and_says_how_much() -> None:
    content = full()
    lines = (*content.budget.lines, BudgetLine(BudgetKind.COST, "Porto", 1))
    found = rules.missing(replace(content, budget=replace(content.budget, lines=lines)), RULES)
    assert [x.field for x in found] == ["requested"]
    assert "0,01" in found[0].message
    assert "hoger" in found[0].message


@pytest.mark.parametrize("line", [("cost", "", 100), ("cost", "Iets", 0), ("", "Iets", 100)])
def test_a_line_needs_kind_description_and_amount(line) -> None:
    content = full()
    lines = (*content.budget.lines, BudgetLine(*line))
    assert ("budget", "lines") in fields_of(replace(content, budget=replace(content.budget, lines=lines)))


def test_more_than_may_be_asked() -> None:
    assert ("budget", "requested") in fields_of(full(), replace(RULES, max_request=4_999_900))
    assert fields_of(full(), replace(RULES, max_request=5_000_000)) == set()


def test_without_partial_awards_minimum_equals_requested() -> None:
    assert ("budget", "minimum") in fields_of(full(), replace(RULES, partial_awards=False))


@given(
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(-3, 3),
)
def test_balance_holds_exactly_when_costs_equal_cover(requested: int, own: int, other: int, off: int) -> None:
    cost = requested + own + other + off
    lines = [("cost", cost), ("own", own), ("other", other)]
    budget = Budget(
        lines=tuple(BudgetLine(kind, "x", amount) for kind, amount in lines if amount > 0),
        requested=requested,
        minimum=requested,
    )
    assert rules.imbalance(budget) == (off if cost > 0 else off - cost)
    free = replace(RULES, amount_step=1)
    wrong = {f for s, f in fields_of(replace(full(), budget=budget), free) if s == "budget"}
    assert (wrong == set()) == (rules.imbalance(budget) == 0)


def test_the_own_region_leads() -> None:
    content = replace(full(), reach=Reach(("ijsselland", "kennemerland")))
    assert fields_of(content) == {("reach", "regions")}
    assert fields_of(replace(content, reach=Reach(("kennemerland", "ijsselland")))) == set()


def test_the_end_lies_after_the_start() -> None:
    content = full()
    same = replace(content.plan, ends_on=content.plan.starts_on)
    assert fields_of(replace(content, plan=same)) == {("plan", "ends_on")}


def test_shelter_scheme_needs_a_ground_and_a_shelter_partner() -> None:
    content = full(SHELTER)
    no_ground = replace(content, project=replace(content.project, grounds=()))
    assert fields_of(no_ground, SHELTER) == {("project", "grounds")}
    other = Reach(("kennemerland",), (Partner("Een bureau", "other", "Adviseert"),))
    assert fields_of(replace(content, reach=other), SHELTER) == {("reach", "partners")}
    assert fields_of(replace(content, answers={}), SHELTER) == {("answers", "q_overlap")}


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@b",
        "a b@c.nl",
        "a@b.nl\nBcc: x@y.nl",
        "a@b.nl>",
        ".a@b.nl",
        "a..b@c.nl",
        "a@-b.nl",
        "é@b.nl",
        "a@b..nl",
    ],
)
def test_addresses_that_mail_cannot_go_to(email: str) -> None:
    assert not rules.is_email(email)


@given(st.text(max_size=40) | st.emails())
def test_an_accepted_address_can_be_written_in_a_mail(text: str) -> None:
    if rules.is_email(text):
        assert Address(addr_spec=text).addr_spec == text


@pytest.mark.parametrize(
    ("section", "value", "field"),
    [
        ("project", Project(title="x" * 151), "title"),
        ("project", Project(purpose="iets anders"), "purpose"),
        ("project", Project(theme="bestaat-niet"), "theme"),
        ("project", Project(grounds=("bestaat-niet",)), "grounds"),
        ("reach", Reach((), (Partner("x", "ministry"),)), "kind"),
        ("reach", Reach((), (Partner("x", "other"),) * 41), "partners"),
        ("plan", Plan(ends_on="31-12-2027"), "ends_on"),
        ("plan", Plan(ends_on="2027-02-30"), "ends_on"),
        ("budget", Budget(requested=-1), "requested"),
        ("budget", Budget(lines=(BudgetLine("cost", "x", 10**14),)), "amount"),
        ("budget", Budget(lines=(BudgetLine("gift", "x", 1),)), "kind"),
        ("budget", Budget(lines=(BudgetLine("cost", "x", 1),) * 101), "lines"),
        ("contact", Contact(phone="1" * 41), "phone"),
        ("answers", {"onbekend": "x"}, "q_onbekend"),
    ],
)
def test_what_cannot_even_be_a_draft(section: str, value, field: str) -> None:
    assert field in {p.field for p in rules.unacceptable(section, value, RULES)}


@pytest.mark.parametrize("section", SECTIONS)
def test_an_empty_section_can_be_a_draft(section: str) -> None:
    assert rules.unacceptable(section, Content().section(section), RULES) == []


def test_content_survives_its_json() -> None:
    content = full(SHELTER)
    assert Content.from_json(content.to_json()) == content
    with pytest.raises(TypeError):
        Content.from_json({"project": {"title": "x", "state": "complete"}})


def test_every_text_field_has_a_limit() -> None:
    names = {
        f.name
        for kind in (Project, Partner, Plan, Budget, BudgetLine, Contact)
        for f in dataclasses.fields(kind)
        if f.type == "str"
    }
    assert names - set(rules.LIMITS) == {"purpose", "kind", "starts_on", "ends_on"}
