"""Pages about projects: who comes in, what they refuse, what they show, and at what price."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from pool.core.db import db
from pool.core.outbox import Mail
from pool.followup import service
from pool.followup.inputs import EndInput, ViewInput
from pool.followup.models import Project
from pool.followup.states import ProjectState, ReportState, Standing
from pool.regions import queries as regions
from pool.rounds.states import Instrument
from tests.conftest import Client
from tests.support.followup_factory import (
    FULL,
    granted_round,
    make_known,
    make_project,
    running_project,
    submit_report,
    write_report,
)
from tests.support.pages import heading, read, words
from tests.support.stages import staged
from tests.support.world import World

AUTUMN = dt.datetime(2027, 10, 31, 9, tzinfo=dt.UTC)
FORM = {**asdict(FULL), "standing": FULL.standing.value if FULL.standing else "", "version": "0"}


@staged
def project(world: World) -> Project:
    return running_project(world)


@pytest.fixture(autouse=True)
def in_autumn(world: World) -> object:
    """Pages are asked for when the project has begun; what the factories did lies before."""
    with time_machine.travel(AUTUMN, tick=False):
        yield


def url(project: Project, rest: str = "") -> str:
    return f"/projecten/{project.id}{rest}"


def give(world: World, project: Project, text: str = "Ik zie vooruitgang.") -> None:
    """The view of the first region over the half-year in which the project begins."""
    lead = world.later("lead", days=300)
    region = project.application.regions[0].id
    service.give_view(lead, project, project.half_years[0], region, ViewInput(Standing.STUCK, text))
    db.session.commit()


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_foreign_municipality_sees_what_it_would_see_if_there_were_nothing(
    client: Client, world: World, project: Project
) -> None:
    submit_report(world, project)
    client.sign_in(world.email("applicant_b"))
    absent = client.get("/projecten/999999")
    for rest in ("", "/rapportages/2027-2", "/rapportages/2028-1/schrijven", "/afronden", "/stoppen"):
        foreign = client.get(url(project, rest))
        assert foreign.status_code == absent.status_code == 404
    shown = client.get(url(project)).text.replace(url(project), "/projecten/999999")
    assert shown == absent.text
    assert client.post(url(project, "/stoppen"), data={"reason": "x", "learned": "y"}).status_code == 404
    assert "Samen sneller" not in client.get("/projecten").text


def test_a_lead_of_another_region_gets_404(client: Client, world: World, project: Project) -> None:
    submit_report(world, project)
    grant = world.user("lead").grants[0]
    grant.region = regions.regions_by_slug(["zeeland"])["zeeland"]
    db.session.commit()
    client.sign_in(world.email("lead"))
    for rest in (
        "",
        "/rapportages/2027-2",
        "/rapportages/2027-2/beeld/kennemerland",
        "/rapportages/2027-2/beeld/zeeland",
    ):
        assert client.get(url(project, rest)).status_code == 404
    assert client.post(url(project, "/rapportages/2027-2/beeld/kennemerland")).status_code == 404
    assert project.views == []


def test_a_joint_project_does_not_let_a_lead_speak_for_another_region(client: Client, world: World) -> None:
    round_ = granted_round(world)
    project = make_project(world, round_, regions=("kennemerland", "zeeland"))
    make_known(world, round_)
    submit_report(world, project)
    client.sign_in(world.email("lead"))
    assert client.get(url(project, "/rapportages/2027-2/beeld/zeeland")).status_code == 404
    read(client.get(url(project, "/rapportages/2027-2/beeld/kennemerland")))


def test_handing_in_with_a_gap_says_where_and_keeps_what_was_typed(
    client: Client, world: World, project: Project
) -> None:
    client.sign_in(world.email("applicant"))
    answer = client.post(
        url(project, "/rapportages/2027-2/schrijven"),
        data={**FORM, "standing": "", "lessons": "", "achieved": "Dit & <b>dat</b>", "submit": "1"},
    )
    page = read(answer, 422)
    assert page.title is not None
    assert page.title.get_text().startswith("Fout: ")
    summary = page.select_one("[data-error-summary]")
    assert summary is not None
    assert [a["href"] for a in summary.find_all("a")] == ["#standing-0", "#lessons"]
    area = page.find("textarea", {"name": "achieved"})
    assert area is not None
    assert area.get_text().strip() == "Dit & <b>dat</b>"
    db.session.refresh(project)
    assert project.reports == []


def test_a_report_that_was_handed_in_cannot_be_written_or_handed_in_again(
    client: Client, world: World, project: Project
) -> None:
    submit_report(world, project)
    client.sign_in(world.email("applicant"))
    assert client.get(url(project, "/rapportages/2027-2/schrijven")).status_code == 409
    again = client.post(url(project, "/rapportages/2027-2/schrijven"), data={**FORM, "submit": "1"})
    assert again.status_code == 409


def test_a_stopped_project_takes_no_report(client: Client, world: World, project: Project) -> None:
    service.stop(world.later("programme", days=290), project, EndInput("Geen mensen.", "Vraag eerst."))
    db.session.commit()
    client.sign_in(world.email("applicant"))
    answer = client.post(url(project, "/rapportages/2027-2/schrijven"), data=FORM)
    assert answer.status_code == 403
    assert "het project is gestopt" in words(read(answer, 403))
    assert client.get(url(project, "/stoppen")).status_code == 403


def test_the_second_of_two_who_write_sees_both_texts_and_can_go_on(
    client: Client, world: World, project: Project
) -> None:
    write_report(world, project)
    client.sign_in(world.email("applicant"))
    mine = {**FORM, "achieved": "Mijn eigen tekst."}
    page = read(client.post(url(project, "/rapportages/2027-2/schrijven"), data=mine), 409)
    said = words(page)
    assert "Ali Haarlem was u voor" in said
    assert FULL.achieved in said
    area = page.find("textarea", {"name": "achieved"})
    version = page.find("input", {"name": "version"})
    assert area is not None
    assert version is not None
    assert area.get_text().strip() == "Mijn eigen tekst."
    again = {**mine, "version": version["value"], "once": "een-andere-sleutel"}
    assert client.post(url(project, "/rapportages/2027-2/schrijven"), data=again).status_code == 302
    db.session.refresh(project)
    assert project.reports[0].achieved == "Mijn eigen tekst."


def test_saving_while_typing_answers_in_json(client: Client, world: World, project: Project) -> None:
    client.sign_in(world.email("applicant"))
    where, headers = url(project, "/rapportages/2027-2/schrijven"), {"Accept": "application/json"}
    first = client.post(where, data={**FORM, "submit": "1"}, headers=headers)
    assert first.json == {"version": 1, "saved_at": "10:00 uur"}
    db.session.refresh(project)
    assert project.reports[0].state == ReportState.DRAFT
    stale = client.post(where, data={**FORM, "achieved": "Anders."}, headers=headers)
    assert stale.status_code == 409
    assert "Ali Haarlem" in (stale.json or {})["detail"]


# --- what the pages do ------------------------------------------------------------------------------------


def test_a_municipality_writes_and_hands_in(client: Client, world: World, project: Project) -> None:
    client.sign_in(world.email("applicant"))
    page = read(client.get("/projecten"))
    assert heading(page) == "Projecten van uw gemeente"
    page = read(client.get(url(project)))
    assert heading(page) == "Samen sneller naar veiligheid"
    assert "Schrijven : rapportage tweede helft van 2027" in words(page)
    read(client.get(url(project, "/rapportages/2027-2/schrijven")))
    kept = client.post(url(project, "/rapportages/2027-2/schrijven"), data={**FORM, "lessons": ""})
    assert kept.status_code == 302
    page = read(client.get(url(project)))
    assert "Verder schrijven : rapportage tweede helft van 2027" in words(page)
    page = read(client.get(url(project, "/rapportages/2027-2")))
    assert "nog geen rapportage ingediend" in words(page)
    assert FULL.achieved not in words(page)
    done = client.post(
        url(project, "/rapportages/2027-2/schrijven"), data={**FORM, "version": "1", "submit": "1"}
    )
    assert done.headers["Location"].endswith(url(project, "/rapportages/2027-2"))
    page = read(client.get(done.headers["Location"]))
    assert heading(page) == "Rapportage tweede helft van 2027"
    assert FULL.lessons in words(page)


def version_in(page: Any) -> str:
    found = page.find("input", {"name": "version"})
    assert found is not None
    return str(found["value"])


def test_a_lead_gives_a_view_and_changes_it(client: Client, world: World, project: Project) -> None:
    submit_report(world, project)
    client.sign_in(world.email("lead"))
    where = url(project, "/rapportages/2027-2/beeld/kennemerland")
    assert "Beeld van Kennemerland geven" in words(read(client.get(url(project, "/rapportages/2027-2"))))
    read(client.post(where, data={"text": "x"}), 422)
    assert client.post(where, data={"standing": "attention", "text": "Let op."}).status_code == 302
    page = read(client.get(where))
    assert "komt daarvoor in de plaats" in words(page)
    change = {"standing": "on_track", "text": "In orde.", "version": version_in(page)}
    assert client.post(where, data=change).status_code == 302
    db.session.expire_all()
    assert [(v.standing, v.text) for v in project.views] == [(Standing.ON_TRACK, "In orde.")]
    assert "In orde." in words(read(client.get(url(project, "/rapportages/2027-2"))))


def test_the_second_of_two_leads_sees_both_texts_and_can_go_on(
    client: Client, world: World, project: Project
) -> None:
    give(world, project, text="Van een ander.")
    client.sign_in(world.email("lead"))
    where = url(project, "/rapportages/2027-2/beeld/kennemerland")
    mine = {"standing": "stuck", "text": "Van mij.", "version": "0"}
    page = read(client.post(where, data=mine), 409)
    said = words(page)
    assert "Een ander was u voor" in said
    assert "Van een ander." in said
    area = page.find("textarea", {"name": "text"})
    assert area is not None
    assert area.get_text().strip() == "Van mij."
    again = {**mine, "version": version_in(page), "once": "een-andere-sleutel"}
    assert client.post(where, data=again).status_code == 302
    db.session.expire_all()
    assert [v.text for v in project.views] == ["Van mij."]


def test_a_half_year_can_be_told_without_a_report(client: Client, world: World, project: Project) -> None:
    where = url(project, "/rapportages/2027-2")
    client.sign_in(world.email("lead"))
    for outside in ("/rapportages/2028-1", "/rapportages/2027-1", "/rapportages/2028-1/beeld/kennemerland"):
        assert client.get(url(project, outside)).status_code == 404
    page = read(client.get(url(project)))
    assert "Beeld van Kennemerland geven : tweede helft van 2027" in words(page)
    page = read(client.get(f"{where}/beeld/kennemerland"))
    assert "heeft over dit halfjaar nog geen rapportage ingediend" in words(page)
    sent = client.post(f"{where}/beeld/kennemerland", data={"standing": "attention", "text": "Let op."})
    assert sent.headers["Location"].endswith(where)
    for key in ("lead", "applicant", "programme"):
        client.sign_in(world.email(key))
        page = read(client.get(where))
        assert heading(page) == "Tweede helft van 2027"
        assert "Let op." in words(page)
        assert "Lezen : tweede helft van 2027" in words(read(client.get(url(project))))
    service.stop(world.later("programme", days=290), project, EndInput("Geen mensen.", "Vraag eerst."))
    db.session.commit()
    client.sign_in(world.email("lead"))
    assert "Let op." in words(read(client.get(where)))
    assert client.get(f"{where}/beeld/kennemerland").status_code == 403


def test_the_programme_team_sees_per_region_which_views_are_lacking(client: Client, world: World) -> None:
    round_ = granted_round(world, ceiling=100_000_000)
    joint = make_project(world, round_, title="Gezamenlijk plan", regions=("kennemerland", "zeeland"))
    make_project(world, round_, "applicant_b", title="Plan van Zwolle")
    make_known(world, round_)
    give(world, joint)
    with time_machine.travel(dt.datetime(2028, 2, 8, tzinfo=dt.UTC), tick=False):
        client.sign_in(world.email("programme"))
        page = read(client.get("/projecten/beelden?halfjaar=2027-2"))
        assert [h.get_text() for h in page.find_all("h2")] == ["IJsselland", "Kennemerland", "Zeeland"]
        assert "Gegeven 1 van 3" in words(page)
        assert "Te laat 2" in words(page)
        page = read(client.get("/projecten/beelden?beeld=open&regio=zeeland"))
        assert [h.get_text() for h in page.find_all("h2")] == ["Zeeland"]
        page = read(client.get("/projecten/beelden?beeld=given"))
        assert [h.get_text() for h in page.find_all("h2")] == ["Kennemerland"]
        assert "Geen beelden gevonden" in words(read(client.get("/projecten/beelden?halfjaar=2001-1")))
        assert "Beelden te laat 2" in words(read(client.get("/projecten")))
        client.sign_in(world.email("lead"))
        page = read(client.get("/projecten/beelden"))
        assert [h.get_text() for h in page.find_all("h2")] == ["Kennemerland"]
        assert "Geven : beeld van Gezamenlijk plan, eerste helft van 2028" in words(page)
        assert page.find("select", {"name": "regio"}) is None
    client.sign_in(world.email("applicant"))
    assert client.get("/projecten/beelden").status_code == 403


def test_a_yearly_report_speaks_of_its_year(client: Client, world: World) -> None:
    round_ = world.round(instrument=Instrument.SUBSIDY)
    project = make_project(world, round_, requested=5_000_000)
    project.ends_on = dt.date(2029, 8, 31)
    make_known(world, round_)
    assert [period.code for period in project.periods] == ["2028-2"]
    where = url(project, "/rapportages/2028-2")
    year = "jaar 1: 1 september 2027 tot en met 31 augustus 2028"
    with time_machine.travel(dt.datetime(2028, 10, 2, tzinfo=dt.UTC), tick=False):
        client.sign_in(world.email("applicant"))
        page = read(client.get(url(project)))
        assert "over jaar 1 van het project (1 september 2027 tot en met 31 augustus 2028)" in words(page)
        page = read(client.get(f"{where}/schrijven"))
        assert heading(page) == f"Rapportage {year}"
        assert "Wat gaat u het komende jaar doen?" in words(page)
        assert "halfjaar" not in words(page)
        gap = client.post(f"{where}/schrijven", data={**FORM, "next_steps": "", "submit": "1"})
        assert "Vul in wat u het komende jaar gaat doen." in words(read(gap, 422))
        client.post(f"{where}/schrijven", data={**FORM, "submit": "1"})
        page = read(client.get(where))
        assert heading(page) == f"Rapportage {year}"
        assert "Wat gaat u het komende jaar doen?" in words(page)
        client.sign_in(world.email("lead"))
        page = read(client.get(f"{where}/beeld/kennemerland"))
        assert "Wat gaat u het komende jaar doen?" in words(page)
    mail = db.session.scalars(select(Mail).where(Mail.key.startswith("report:"))).one()
    assert "over jaar 1 van het project (1 september 2027" in mail.body


@pytest.mark.parametrize(
    ("way", "state"), [("afronden", ProjectState.FINISHED), ("stoppen", ProjectState.STOPPED)]
)
def test_a_project_ends_with_a_reason(
    client: Client, world: World, project: Project, way: str, state: ProjectState
) -> None:
    client.sign_in(world.email("programme"))
    read(client.get(url(project, f"/{way}")))
    read(client.post(url(project, f"/{way}"), data={"reason": " "}), 422)
    told = {"reason": "Zo ging het.", "learned": "Dit leerden wij.", "embedded": "regular"}
    assert client.post(url(project, f"/{way}"), data=told).status_code == 302
    page = read(client.get(url(project)))
    assert "Zo ging het." in words(page)
    assert "Dit leerden wij." in words(page)
    db.session.refresh(project)
    assert project.state == state


def test_the_programme_team_sees_everything_by_region_and_theme(client: Client, world: World) -> None:
    round_ = granted_round(world, ceiling=100_000_000)
    make_project(world, round_, title="Gezamenlijk plan", regions=("kennemerland", "zeeland"))
    late = make_project(world, round_, "applicant_b", title="Plan van Zwolle", theme="plegeraanpak")
    make_known(world, round_)
    submit_report(world, late, key="applicant_b")
    client.sign_in(world.email("programme"))
    page = read(client.get("/projecten"))
    assert "Gezamenlijk plan" in words(page)
    page = read(client.get("/projecten?thema=plegeraanpak&stand=on_track&ronde=ronde-1"))
    assert "Plan van Zwolle" in words(page)
    assert "Gezamenlijk plan" not in words(page)
    page = read(client.get("/projecten/regios"))
    assert [h.get_text() for h in page.find_all("h2")] == ["IJsselland", "Kennemerland", "Zeeland"]
    assert "gezamenlijk met Zeeland" in words(page)
    assert page.select_one("svg.pp-map") is not None
    page = read(client.get("/projecten/regios?regio=zeeland&thema=mda"))
    assert [h.get_text() for h in page.find_all("h2")] == ["Zeeland"]
    page = read(client.get("/projecten?zoek=bestaat+niet"))
    assert "Geen projecten gevonden" in words(page)
    with time_machine.travel(dt.datetime(2028, 2, 8, tzinfo=dt.UTC), tick=False):
        client.sign_in(world.email("programme"))
        page = read(client.get("/projecten?rapportages=overdue"))
        assert "Gezamenlijk plan" in words(page)
        assert "Plan van Zwolle" not in words(page)


def test_what_is_invented_says_so(client: Client, world: World) -> None:
    round_ = granted_round(world, invented="Alles in deze ronde is verzonnen.")
    project = make_project(world, round_)
    project.application.invented = True
    make_known(world, round_)
    client.sign_in(world.email("programme"))
    page = read(client.get("/projecten"))
    assert len(page.select(".pp-invented")) >= 2
    assert "Alles in deze ronde is verzonnen." in words(read(client.get(url(project))))
    assert "verzonnen" in words(read(client.get("/projecten/regios")))


def test_text_of_people_stays_text(client: Client, world: World) -> None:
    round_ = granted_round(world)
    project = make_project(world, round_, title='A & B <b> "x" <img src=x onerror=alert(1)>')
    make_known(world, round_)
    submit_report(world, project)
    give(world, project, text="<script>alert(1)</script>")
    client.sign_in(world.email("programme"))
    for where in (
        "/projecten",
        "/projecten/regios",
        "/projecten/beelden",
        url(project),
        url(project, "/rapportages/2027-2"),
    ):
        page = read(client.get(where))
        assert page.main is not None
        assert page.main.find(["img", "script"]) is None


@pytest.mark.parametrize("where", ["/projecten", "/projecten/regios", "/projecten/beelden"])
def test_lists_take_as_many_queries_for_three_as_for_one(
    client: Client, world: World, count_queries: Any, where: str
) -> None:
    round_ = granted_round(world, ceiling=100_000_000)
    projects = [
        make_project(world, round_, regions=("kennemerland", "zeeland")),
        make_project(world, round_, "applicant_b", theme="plegeraanpak"),
        make_project(world, round_),
    ]
    make_known(world, round_)
    for project, key in zip(projects, ("applicant", "applicant_b", "applicant"), strict=True):
        submit_report(world, project, key=key)
    give(world, projects[0])
    client.sign_in(world.email("programme"))
    counts = []
    for query in ("?regio=ijsselland", ""):
        client.get(where + query)
        with count_queries() as found:
            read(client.get(where + query))
        counts.append(found.number)
    assert counts[0] == counts[1]
    assert counts[1] <= 14
