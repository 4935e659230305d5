"""Results that are measured and milestones: lines that are begun must be whole, and nothing typed is lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from pool.applications import queries, rules
from pool.applications.inputs import Content, Indicator, Milestone
from pool.applications.states import Section
from tests.conftest import Client
from tests.support.applications_factory import full_content, make_draft
from tests.support.pages import read, words
from tests.support.world import RULES, START, World

WHOLE = (Indicator("Dagen tot het gesprek", "21", "7"),)
REACHED = (Milestone("2027-12-01", "Werkwijze klaar"),)


def lacking(world: World, **lines: object) -> list[str]:
    content = full_content(world.later("applicant"), RULES)
    changed = content.with_section("plan", dataclasses.replace(content.plan, **lines))  # type: ignore[arg-type]
    return [lack.field or "" for lack in rules.missing(changed, RULES)]


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ({"indicators": (Indicator("Dagen", "", "7"),)}, "indicators"),
        ({"indicators": (Indicator("Dagen", "21", ""),)}, "indicators"),
        ({"indicators": (Indicator("", "21", "7"),)}, "indicators"),
        ({"milestones": (Milestone("", "Klaar"),)}, "milestones"),
        ({"milestones": (Milestone("2027-12-01", ""),)}, "milestones"),
        ({"milestones": (Milestone("2027-08-31", "Te vroeg"),)}, "milestones"),
        ({"milestones": (Milestone("2028-09-01", "Te laat"),)}, "milestones"),
    ],
)
def test_a_line_that_is_begun_must_be_whole_and_within_the_project(
    world: World, lines: dict[str, object], field: str
) -> None:
    assert lacking(world, **lines) == [field]


def test_lines_are_not_asked_of_everybody(world: World) -> None:
    assert lacking(world) == []
    edges = (Milestone("2027-09-01", "Begin"), Milestone("2028-08-31", "Eind"))
    assert lacking(world, indicators=WHOLE, milestones=REACHED + edges) == []


def test_too_many_lines_and_days_that_are_none_are_refused(world: World) -> None:
    plan = full_content(world.later("applicant"), RULES).plan
    many = dataclasses.replace(plan, milestones=REACHED * (rules.MAX_PLAN_LINES + 1))
    assert [p.code for p in rules.unacceptable("plan", many, RULES)] == ["too_many"]
    wrong = dataclasses.replace(plan, milestones=(Milestone("2027-02-30", "Kan niet"),))
    assert [p.code for p in rules.unacceptable("plan", wrong, RULES)] == ["date"]


def test_what_was_written_before_there_were_lines_still_reads(world: World) -> None:
    content = full_content(world.later("applicant"), RULES)
    body = content.to_json()
    for name in ("indicators", "milestones"):
        del body["plan"][name]
    assert Content.from_json(body) == content


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START + dt.timedelta(days=1), tick=False) as travel:
        yield travel


def test_rows_come_and_go_without_scripts_and_are_kept(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    draft = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{draft.id}/onderdelen/plan"
    page = read(client.get(address))
    data = {
        str(field["name"]): str(field.get("value") or field.get_text().strip())
        for field in page.select("main [name]")
        if field.name in ("input", "textarea")
    }
    data["indicators-0-what"] = "<b>Dagen</b>"
    more = read(client.post(address, data={**data, "add_indicator": "1"}))
    assert len(more.select("[name$='-baseline']")) == 2
    assert len(more.select("[name^='milestones-'][name$='-what']")) == 1
    assert more.select_one("[name='indicators-0-what']")["value"] == "<b>Dagen</b>"  # type: ignore[index]
    fewer = read(client.post(address, data={**data, "remove_indicator": "0"}))
    assert fewer.select_one("[name^='indicators-'][name$='-what']")["value"] == ""  # type: ignore[index]
    refused = read(client.post(address, data={**data, "milestones-0-on": "geen dag"}), 422)
    assert refused.select_one("[name='milestones-0-on']")["value"] == "geen dag"  # type: ignore[index]
    data |= {"indicators-0-baseline": "21", "indicators-0-target": "7"}
    data |= {"milestones-0-on": "2027-12-01", "milestones-0-what": "Werkwijze klaar"}
    assert client.post(address, data=data).status_code == 302
    plan = queries.draft(draft).plan
    assert plan.indicators == (Indicator("<b>Dagen</b>", "21", "7"),)
    assert plan.milestones == REACHED
    tables = queries.part(queries.draft(draft), RULES, Section.PLAN).tables
    assert [t.rows for t in tables] == [
        (("<b>Dagen</b>", "21", "7"),),
        (("1 december 2027", "Werkwijze klaar"),),
    ]
    assert "Werkwijze klaar" in words(read(client.get(f"/aanvragen/{draft.id}/indienen")))
