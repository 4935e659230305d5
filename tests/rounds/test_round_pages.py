"""The pages on which a round is set up, published, changed and explained; without scripts, and with hostile text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag

from pool.core.db import db
from pool.core.text import sha256_hex
from pool.rounds import queries, service
from pool.rounds.inputs import STANDARD_MARKS, AmendmentInput, Bottleneck, Condition, Question, RoundRules
from pool.rounds.states import Part, RoundState
from tests.conftest import Client
from tests.support.pages import heading, read, words
from tests.support.rounds_factory import CLOSES, FULL, OPENS, make_draft_round, make_published_round
from tests.support.world import RULES, START, World

HOSTILE = "<img src=x onerror=alert(1)> \"'&<b>{{7*7}}"
AT = START + (OPENS - START) / 2


@pytest.fixture
def team(client: Client, world: World) -> Client:
    return client.sign_in(world.email("programme"))


def posted(page: BeautifulSoup, button: str | None = None) -> dict[str, Any]:
    """What a browser without scripts would send for the form in the page. button: `name=value` of the one used."""
    form = page.main.find("form", {"method": "post"}) if page.main else None
    assert isinstance(form, Tag)
    data: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = field.get("name"), field.get("type")
        if not name or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            value = chosen["value"] if chosen else ""
        else:
            value = (
                field.get_text().removeprefix("\n") if field.name == "textarea" else field.get("value", "")
            )
        data.setdefault(name, []).append(value or ("y" if kind == "checkbox" else ""))
    if button:
        name, _, value = button.partition("=")
        data[name] = [value]
    return data


# --- who sees what ----------------------------------------------------------------------------------------

PUBLIC = ("", "/kalender", "/rekenvoorbeeld", "/past-dit", "/vragenlijst", "/regels/1.json")
TEAM = ("/instellen", *(f"/instellen/{p.value}" for p in Part), "/publiceren", "/voorbeeld", "/beheer")


@pytest.mark.parametrize("tail", [*PUBLIC, *TEAM])
def test_a_draft_is_absent_for_everybody_else(client: Client, world: World, tail: str) -> None:
    make_draft_round(world)
    for who in (None, "applicant", "chair"):
        if who:
            client.sign_in(world.email(who))
        status = client.get(f"/rondes/concept{tail}").status_code
        assert status == 404 if tail in PUBLIC else status in (302, 403)


@pytest.mark.parametrize("tail", ["/instellen/bestaat-niet", "/regels/1.json", "/regels/99.json"])
def test_what_is_not_there_is_missing(team: Client, world: World, tail: str) -> None:
    make_draft_round(world)
    assert team.get(f"/rondes/concept{tail}").status_code == 404


@pytest.mark.parametrize("tail", ["/instellen", "/instellen/criteria", "/publiceren"])
def test_a_published_round_is_not_set_up(team: Client, world: World, tail: str) -> None:
    make_published_round(world)
    assert team.get(f"/rondes/concept{tail}").status_code == 403


@pytest.mark.parametrize("rules", [FULL, RoundRules()], ids=["full", "empty"])
@pytest.mark.parametrize("tail", [tail for tail in (*PUBLIC, *TEAM) if not tail.endswith(".json")])
def test_every_page_of_a_draft_is_sound(team: Client, world: World, tail: str, rules: RoundRules) -> None:
    make_draft_round(world, rules)
    read(team.get(f"/rondes/concept{tail}"))


@pytest.mark.parametrize(
    "tail",
    [*(t for t in PUBLIC if not t.endswith(".json")), "/beheer", "/voorbeeld", "/wijzigen", "/verlengen"],
)
def test_every_page_of_a_published_round_is_sound(team: Client, world: World, tail: str) -> None:
    make_published_round(world)
    read(team.get(f"/rondes/concept{tail}"))


@pytest.mark.parametrize("path", ["/rondes", "/rondes/nieuw", "/regelingen/nieuw", "/rondes/storingen"])
def test_the_other_pages_are_sound(team: Client, world: World, path: str) -> None:
    make_published_round(world)
    read(team.get(path))


# --- a new round ------------------------------------------------------------------------------------------


def test_a_new_round_needs_a_name_and_moments_that_exist(team: Client, world: World) -> None:
    make_draft_round(world)
    data = {"scheme_slug": "pool", "opens_on": "28-3-2027", "opens_time": "02:30", "closes_on": "gisteren"}
    page = read(team.post("/rondes/nieuw", data=data), 422)
    text = words(page)
    assert "de zomertijd begint die nacht" in text
    assert "Geef de ronde een naam." in text
    assert "dag-maand-jaar" in text
    assert page.find("input", {"name": "opens_time"})["value"] == "02:30"  # type: ignore[index]


def test_from_nothing_to_published_without_scripts(team: Client, world: World) -> None:
    """The whole way, with only what a browser without scripts sends."""
    service.create_scheme(world.actor("programme"), "pool", "Projectenpool", "Een impuls.", "VDND")
    start = {
        "title": "Ronde 2027",
        "scheme_slug": "pool",
        "opens_on": "2027-02-01",
        "opens_time": "09:00",
        "closes_on": "2027-03-01",
        "closes_time": "12:00",
    }
    with time_machine.travel(START, tick=False):
        team.sign_in(world.email("programme"))
        assert team.post("/rondes/nieuw", data=start).location == "/rondes/ronde-2027/instellen"

        def fill(part: str, **typed: Any) -> None:
            address = f"/rondes/ronde-2027/instellen/{part}"
            data = posted(read(team.get(address))) | typed
            assert team.post(address, data=data).status_code == 302, part

        fill(
            "basisgegevens",
            legal_basis="Regeling",
            publication_reference="Staatscourant 2027, 1",
            publication_date="4-1-2027",
        )
        fill("plafond", ceiling="1.000.000")
        fill("doel", themes=["mda", "overig"])
        criterion = {"name": "Kwaliteit", "weight": "60", "question": "Is het goed?"}
        anchors = {f"anchor_{level}": "Zo." for level in (1, 3, 5, 7, 9)}
        first = {f"criteria-0-{name}": text for name, text in (criterion | anchors).items()}
        address = "/rondes/ronde-2027/instellen/criteria"
        more = read(team.post(address, data=posted(read(team.get(address))) | first | {"add_criteria": "1"}))
        assert "De gewichten zijn samen 60%." in words(more)
        second = {
            f"criteria-1-{name}": text
            for name, text in (criterion | anchors | {"name": "Lessen", "weight": "40"}).items()
        }
        assert team.post(address, data=posted(more) | second).status_code == 302
        fill("loting", tie_seed="Loting ronde 2027")
        fill("termijnen", objection_address="Postbus 1")
        page = read(team.get("/rondes/ronde-2027/publiceren"))
        refused = read(team.post("/rondes/ronde-2027/publiceren", data=posted(page)), 422)
        assert "Zet een vinkje." in words(refused)
        done = team.post("/rondes/ronde-2027/publiceren", data=posted(refused) | {"declared": "y"})
    assert done.location == "/rondes/ronde-2027/beheer"
    round_ = queries.get(world.actor("programme"), "ronde-2027")
    assert round_.state == RoundState.PUBLISHED
    rules = queries.rules_of(round_)
    assert [(c.code, c.weight) for c in rules.criteria] == [("kwaliteit", 60), ("lessen", 40)]
    assert rules.themes == ("mda", "overig")


def test_bottlenecks_are_written_and_shown_to_everybody(team: Client, world: World) -> None:
    """A new row explains the marks already; a row in which nothing was written is no bottleneck."""
    round_ = make_draft_round(world, replace(FULL, bottlenecks=()))
    address = "/rondes/concept/instellen/knelpunten"
    assert team.post(address, data=posted(read(team.get(address)))).status_code == 302
    assert queries.rules_of(round_).bottlenecks == ()
    page = read(team.get(address))
    typed = {"bottlenecks-0-title": "Schulden & toeslagen", "bottlenecks-0-explanation": "Het inkomen stopt."}
    more = read(team.post(address, data=posted(page) | typed | {"add_bottlenecks": "1"}))
    assert more.select("#bottlenecks-1-anchor_2")[0].get_text().strip() == STANDARD_MARKS["2"]
    assert team.post(address, data=posted(more)).status_code == 302
    db.session.expire_all()
    found = queries.rules_of(round_).bottlenecks
    assert found == (
        Bottleneck("schulden_toeslagen", "Schulden & toeslagen", "Het inkomen stopt.", STANDARD_MARKS),
    )
    service.publish(world.actor("programme"), round_)
    db.session.commit()
    said = words(read(team.get("/rondes/concept")))
    assert "Schulden & toeslagen" in said
    assert STANDARD_MARKS["3"] in said
    assert "welke van de knelpunten hieronder" in said


@pytest.mark.parametrize("part", Part)
def test_saving_what_is_shown_changes_nothing(team: Client, world: World, part: Part) -> None:
    round_ = make_draft_round(world)
    address = f"/rondes/concept/instellen/{part.value}"
    before = (round_.rules, round_.title, round_.slug, round_.articles, round_.opens_at, round_.closes_at)
    data = posted(read(team.get(address)))
    if part == Part.BOUNDS:
        data["region_bounds-0-place"], data["theme_bounds-0-place"] = ["kennemerland"], ["mda"]
    assert team.post(address, data=data).status_code == 302
    db.session.expire_all()
    after = (round_.rules, round_.title, round_.slug, round_.articles, round_.opens_at, round_.closes_at)
    assert after == before
    assert round_.budget.ceiling == 20_000_000


def test_a_row_is_taken_away_and_the_others_keep_their_code(team: Client, world: World) -> None:
    make_draft_round(world)
    address = "/rondes/concept/instellen/criteria"
    page = read(team.post(address, data=posted(read(team.get(address)), "remove_criteria=0")))
    assert "De gewichten zijn samen 60%." in words(page)
    assert len(queries.rules_of(queries.get(world.actor("programme"), "concept")).criteria) == 3
    data = posted(page)
    data = {k: ["Andere naam"] if k.endswith("1-name") else v for k, v in data.items()}
    assert team.post(address, data=data).status_code == 302
    rules = queries.rules_of(queries.get(world.actor("programme"), "concept"))
    assert [c.code for c in rules.criteria] == ["impuls", "leren"]


def test_the_second_who_saves_sees_both_texts(team: Client, world: World) -> None:
    round_ = make_draft_round(world)
    address = "/rondes/concept/instellen/loting"
    mine = posted(read(team.get(address))) | {"tie_seed": "mijn tekst"}
    theirs = {"tie_seed": "hun tekst"}
    service.save_rules(world.actor("programme_b"), round_, Part.TIES, theirs, round_.version)
    db.session.commit()
    page = read(team.post(address, data=mine), 409)
    assert "hun tekst" in words(page)
    assert page.find("input", {"name": "tie_seed"})["value"] == "mijn tekst"  # type: ignore[index]
    db.session.expire_all()
    assert queries.rules_of(round_).tie_seed == "hun tekst"
    assert team.post(address, data=posted(page)).status_code == 302
    db.session.expire_all()
    assert queries.rules_of(round_).tie_seed == "mijn tekst"


@pytest.mark.parametrize(
    ("part", "typed", "complaint"),
    [
        ("verdeling", {"spread_steps": "35, 17"}, "puntkomma"),
        ("verdeling", {"min_merit": "zestig"}, "achter de komma"),
        ("verdeling", {"max_request": "1.50"}, "niet duidelijk"),
        ("beoordeling", {"assessors_per_application": "-1"}, "heel getal"),
        ("beoordeling", {"assessors_per_application": "٣"}, "heel getal"),
        ("termijnen", {"decision_weeks": "999"}, "Kies een beslistermijn"),
        ("openstelling", {"closes_time": "25:00"}, "uren:minuten"),
        ("verantwoording", {"small": "costs"}, "te zwaar"),
        ("grenzen", {"region_bounds-0-min_awards": "9"}, "lager dan het laagste"),
        ("basisgegevens", {"slug": "Ronde 1"}, "kleine letters"),
    ],
)
def test_what_was_typed_wrongly_stays_and_is_explained(
    team: Client, world: World, part: str, typed: dict[str, str], complaint: str
) -> None:
    make_draft_round(world)
    address = f"/rondes/concept/instellen/{part}"
    page = read(team.post(address, data=posted(read(team.get(address))) | typed), 422)
    assert complaint in words(page)
    assert page.title is not None
    assert page.title.get_text().startswith("Fout: ")
    name, value = next(iter(typed.items()))
    if part not in ("termijnen", "verantwoording"):
        assert page.find("input", {"name": name})["value"] == value  # type: ignore[index]


def test_hostile_text_stays_text_everywhere(team: Client, world: World) -> None:
    evil = replace(
        FULL,
        criteria=tuple(
            replace(
                c, name=f"{c.code} {HOSTILE}", question=HOSTILE, anchors=dict.fromkeys(c.anchors, HOSTILE)
            )
            for c in FULL.criteria
        ),
        grounds=(replace(FULL.grounds[0], name=HOSTILE),),
        questions=(Question("q", HOSTILE, HOSTILE),),
        conditions=(Condition("c", HOSTILE, True, HOSTILE),),
        documents=(replace(FULL.documents[0], name=HOSTILE, hint=HOSTILE),),
        tie_seed=HOSTILE,
        objection_address=HOSTILE,
        grounds_of_choice=(HOSTILE,),
    )
    round_ = make_draft_round(world, evil, title=HOSTILE, legal_basis=HOSTILE, publication_reference=HOSTILE)
    pages = [f"/rondes/concept{tail}" for tail in (*PUBLIC, *TEAM) if not tail.endswith(".json")]
    for address in pages:
        page = read(team.get(address))
        assert page.find("img", {"src": "x"}) is None, address
        assert "49" not in heading(page), address
    service.publish(world.actor("programme"), round_)
    new = replace(evil, objection_address=f"2 {HOSTILE}")
    service.amend(world.actor("programme"), round_, AmendmentInput(new, HOSTILE, HOSTILE), 1)
    for tail in ("", "/beheer", "/wijzigen", "/past-dit?c=nee"):
        page = read(team.get(f"/rondes/concept{tail}"))
        assert page.find("img", {"src": "x"}) is None


def test_control_and_direction_marks_are_taken_out_of_rows(team: Client, world: World) -> None:
    make_draft_round(world)
    address = "/rondes/concept/instellen/vragen"
    data = posted(read(team.get(address))) | {"questions-0-label": "  Wie\u202e\x00?  "}
    assert team.post(address, data=data).status_code == 302
    rules = queries.rules_of(queries.get(world.actor("programme"), "concept"))
    assert rules.questions[0].label == "Wie?"


# --- after publishing -------------------------------------------------------------------------------------


def test_the_preview_says_that_it_is_one_and_offers_no_start(team: Client, world: World) -> None:
    make_draft_round(world)
    for address in ("/rondes/concept", "/rondes/concept/voorbeeld"):
        page = read(team.get(address))
        assert "Dit is een voorbeeld" in words(page)
        assert "/rondes/concept/aanvragen" not in str(page.main)


def test_anybody_can_check_the_hash(client: Client, world: World) -> None:
    round_ = make_published_round(world)
    body = client.get("/rondes/concept/regels/1.json").data
    sha = queries.rule_set(round_).sha256
    assert sha256_hex(body) == sha
    assert json.loads(body)["rules"]["min_merit"] == FULL.min_merit
    assert sha in client.get("/rondes/concept").get_data(as_text=True)


def test_an_amendment_is_public_with_date_reason_and_what_changed(client: Client, world: World) -> None:
    make_published_round(world)
    with time_machine.travel(AT, tick=False):
        client.sign_in(world.email("programme"))
        form = posted(read(client.get("/rondes/concept/wijzigen")))
        worse = read(
            client.post("/rondes/concept/wijzigen", data=form | {"decision_weeks": "30", "reason": "x"}), 422
        )
        assert "kan alleen korter" in words(worse)
        typed = {
            "supplement_days": "21",
            "reason": "Er zijn vakanties.",
            "reference": "Staatscourant 2027, 7",
        }
        assert client.post("/rondes/concept/wijzigen", data=form | typed).status_code == 302
        stale = client.post(
            "/rondes/concept/wijzigen", data=form | typed | {"once": "2", "supplement_days": "28"}
        )
        read(stale, 409)
        client.post("/uitloggen")
        text = words(read(client.get("/rondes/concept")))
    assert "Wijziging van 14 januari 2027" in text
    assert "Reden: Er zijn vakanties. (Staatscourant 2027, 7)" in text
    assert "Dagen om aan te vullen 14 21" in text


def test_an_extension_is_public_and_counts_everywhere(client: Client, world: World) -> None:
    make_published_round(world)
    with time_machine.travel(AT, tick=False):
        client.sign_in(world.email("programme"))
        form = posted(read(client.get("/rondes/concept/verlengen")))
        typed = {"closes_on": "1-4-2027", "closes_time": "17:00", "reason": "Meer tijd nodig."}
        empty = read(client.post("/rondes/concept/verlengen", data=form), 422)
        assert "Geef de reden van de verlenging." in words(empty)
        assert client.post("/rondes/concept/verlengen", data=form | typed).status_code == 302
        for tail in ("", "/kalender"):
            assert "1 april 2027 om 17:00 uur" in words(read(client.get(f"/rondes/concept{tail}")))
        assert "Reden: Meer tijd nodig." in words(read(client.get("/rondes/concept")))


def test_a_closed_round_is_extended_from_the_register(client: Client, world: World) -> None:
    round_ = make_published_round(world)
    with time_machine.travel(CLOSES + (OPENS - START) / 20, tick=False):
        client.sign_in(world.email("programme"))
        form = posted(read(client.get("/rondes/storingen")))
        typed = {"started_on": "2027-02-23", "started_time": "09:00", "what": "De site was niet te bereiken."}
        half = read(client.post("/rondes/storingen", data=form | typed | {"ended_on": "2027-02-23"}), 422)
        assert "zowel een dag als een tijd" in words(half)
        assert client.post("/rondes/storingen", data=form | typed).status_code == 302
        page = read(client.get("/rondes/storingen"))
        link = page.find("a", string=lambda s: bool(s and "Einde" in s)) or page.select_one("a[href$=einde]")
        assert link is not None
        end = posted(read(client.get(str(link["href"]))))
        read(client.post(str(link["href"]), data=end), 422)
        over = end | {"ended_on": "2027-02-23", "ended_time": "11:00"}
        assert client.post(str(link["href"]), data=over).status_code == 302
        page = read(client.get("/rondes/concept/verlengen"))
        outage_id = page.select("select[name=outage_id] option")[-1]["value"]
        typed = {
            "closes_on": "26-2-2027",
            "closes_time": "12:00",
            "reason": "Storing.",
            "outage_id": str(outage_id),
        }
        assert client.post("/rondes/concept/verlengen", data=posted(page) | typed).status_code == 302
    db.session.expire_all()
    assert (round_.state, len(queries.extensions(round_.id))) == (RoundState.OPEN, 1)


# --- explanations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, "Zie in een minuut"),
        ({"gemeente": "ja"}, "beantwoord alle vragen"),
        ({"gemeente": "misschien"}, "beantwoord alle vragen"),
        ({"gemeente": "nee"}, "Alleen een gemeente kan aanvragen."),
        ({"v_regulier": "ja"}, "Aan deze voorwaarde moet uw aanvraag voldoen."),
        (
            {
                **dict.fromkeys(("gemeente", "thema", "aanbeveling", "opvang", "bedrag", "v_nieuw"), "ja"),
                "v_regulier": "nee",
            },
            "Ja, dit lijkt te passen.",
        ),
    ],
)
def test_the_self_check_follows_the_rules(
    client: Client, world: World, answers: dict[str, str], says: str
) -> None:
    make_published_round(world)
    page = read(client.get("/rondes/concept/past-dit", query_string=answers))
    assert says in words(page)
    form = page.main.find("form") if page.main else None
    assert isinstance(form, Tag)
    assert form["method"] == "get"


def test_the_example_shows_what_spread_does(client: Client, world: World) -> None:
    make_published_round(world, RULES)
    page = read(client.get("/rondes/concept/rekenvoorbeeld"))
    assert "Alles op deze pagina is verzonnen" in words(page)
    assert [caption.get_text() for caption in page.find_all("caption")] == [
        "Verdeling met kwaliteit en spreiding",
        "Verdeling met alleen kwaliteit",
    ]


def test_the_calendar_computes_every_term(client: Client, world: World) -> None:
    make_published_round(world)
    text = words(read(client.get("/rondes/concept/kalender")))
    for date in (
        "24 januari 2027 om 10:00 uur",
        "23 februari 2027 om 10:00 uur",
        "27 juli 2027",
        "7 september 2027",
    ):
        assert date in text
    # Opened on a Sunday, and said so.
    assert "Zondag. Dan is niemand bereikbaar voor vragen." in text


def test_all_questions_can_be_read_beforehand(client: Client, world: World) -> None:
    make_published_round(world)
    text = words(read(client.get("/rondes/concept/vragenlijst")))
    for piece in (
        "Titel van het project",
        "Voor wie is het?",
        "Noem de mensen.",
        "Projectplan",
        "Toezicht Sociaal Domein",
    ):
        assert piece in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_call_takes_the_same_queries_however_often_it_changed(
    client: Client, world: World, count_queries: Any, number: int
) -> None:
    round_ = make_published_round(world)
    for weeks in range(number):
        new = replace(queries.rules_of(round_), decision_weeks=21 - weeks)
        service.amend(world.actor("programme"), round_, AmendmentInput(new, "Sneller."), weeks + 1)
    with count_queries() as counted:
        assert client.get("/rondes/concept").status_code == 200
    assert counted.number <= 9, counted.statements
