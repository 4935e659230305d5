"""An assessor's private page: nothing of others before the own scores are in, and an order among own equals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from pool.assessment import queries, service
from pool.assessment.models import Assignment, OwnPlace
from pool.assessment.states import InterestAnswer
from pool.core.audit import AuditEntry
from pool.core.db import db
from pool.core.errors import Conflict, InvalidMany, Refused
from pool.rounds.models import Round
from pool.rounds.states import Calibration
from tests.conftest import Client
from tests.support.allocation_factory import run_jobs
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import adopt, assign_all, open_file, score
from tests.support.pages import read, words
from tests.support.world import RULES, START, World

URL = "/beoordelen/ronde-1/mijn-scores"


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


def scored(
    world: World, levels: tuple[int, ...] = (6, 6, 4), *, rules: Any = RULES, leave: int = 0
) -> tuple[Round, list[Assignment]]:
    """A round that all three people read wholly; the first one is two levels milder. leave: files of that first
    one that are still to be scored."""
    round_ = world.round(rules=replace(rules, assessors_per_application=3))
    plans = [make_complete(world, round_, title=f"Plan {place}") for place in range(len(levels))]
    made = assign_all(world, round_)
    quality = {plan.id: level for plan, level in zip(plans, levels, strict=True)}
    mine = [a for a in made if a.user_id == world.ids["assessor"]]
    for assignment in made:
        if assignment in mine[len(mine) - leave :]:
            continue
        score(world, assignment, quality[assignment.application_id] + 2 * (assignment in mine))
    return round_, mine


def test_it_is_for_who_scores_and_has_something_to_score(world: World, browser: Any) -> None:
    scored(world)
    for key in ("chair", "programme", "applicant", "auditor", "admin"):
        assert browser(key).get(URL).status_code == 403
        assert browser(key).post(URL).status_code == 403
    for assignment in db.session.scalars(
        select(Assignment).where(Assignment.user_id == world.ids["assessor_c"])
    ):
        assignment.ended_at, assignment.ended_reason = START, "Te druk."
    db.session.commit()
    other = browser("assessor_c")
    assert other.get(URL).status_code == 404
    assert other.post(f"{URL}/berekenen").status_code == 404
    assert other.get("/beoordelen/bestaat-niet/mijn-scores").status_code == 404


def test_nothing_of_others_before_all_own_scores_are_in(world: World, browser: Any) -> None:
    _, mine = scored(world, leave=1)
    client = browser("assessor")
    before = words(read(client.get(URL)))
    assert "Dien eerst al uw beoordelingen in." in before
    assert "Bereken" not in before
    assert client.post(f"{URL}/berekenen").status_code == 403
    score(world, mine[-1], 6)
    run_jobs()
    after = words(read(client.get(URL)))
    assert "Dien eerst" not in after
    assert "U geeft gemiddeld ongeveer" in after or "Uit deze scores blijkt niet dat u strenger" in after


def test_the_check_above_is_what_keeps_it_shut(
    world: World, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without counting what is open, the page compares too early."""
    scored(world, leave=1)
    monkeypatch.setattr(queries, "open_own", lambda _actor, _round_id: 0)
    assert "Dien eerst" not in words(read(browser("assessor").get(URL)))


def test_the_own_strictness_in_words_and_only_the_own(world: World, browser: Any) -> None:
    scored(world, (2, 3, 4, 5, 6, 7))
    run_jobs()
    mild, strict = (words(read(browser(key).get(URL))) for key in ("assessor", "assessor_b"))
    assert "punten meer dan de andere beoordelaars" in mild
    assert "punten minder dan de andere" in strict
    assert not any(user.name in mild for key, user in world.users.items() if key != "assessor")


@pytest.mark.parametrize("mode", [Calibration.OFF])
def test_a_round_that_does_not_correct_tells_no_strictness(
    world: World, browser: Any, mode: Calibration
) -> None:
    scored(world, rules=replace(RULES, calibration=mode.value))
    run_jobs()
    text = words(read(browser("assessor").get(URL)))
    assert "In deze ronde vergelijkt het systeem niet hoe streng" in text
    assert "U geeft gemiddeld" not in text


def test_own_scores_in_order_with_levels_and_how_often(world: World, browser: Any) -> None:
    scored(world, (4, 7, 1))
    page = read(browser("assessor").get(URL))
    rows = [row.get_text(" ", strip=True) for row in page.find("table").find_all("tr")[1:]]  # type: ignore[union-attr]
    assert [row.split()[2] for row in rows] == ["1", "0", "2"]
    assert "100,0" in rows[0]
    assert "Niveau 9 3 keer" in words(page)


def test_an_interest_takes_the_application_off_the_page(world: World, browser: Any) -> None:
    _, mine = scored(world)
    client = browser("assessor")
    assert "Plan 1" in words(read(client.get(URL)))
    service.declare_interest(
        world.later("assessor", days=29), mine[1].application_id, InterestAnswer.DECLARED, "Mijn zus."
    )
    db.session.commit()
    text = words(read(client.get(URL)))
    assert "Plan 1" not in text
    assert "waarbij u een belang hebt" in text


def test_own_levels_are_at_hand_while_scoring(world: World, browser: Any) -> None:
    _, mine = scored(world, leave=1)
    open_file(world, mine[-1])
    text = words(read(browser("assessor").get(f"/beoordelen/aanvraag/{mine[-1].application_id}")))
    assert "Uw niveaus bij andere aanvragen (2)" in text
    assert "Plan 0" in text
    done = words(read(browser("assessor_b").get(f"/beoordelen/aanvraag/{mine[-1].application_id}")))
    assert "Uw niveaus bij andere aanvragen" not in done


# --- own equal totals ---------------------------------------------------------------------------------------


def test_only_a_true_order_of_own_equals_is_kept(world: World) -> None:
    round_, mine = scored(world)
    first, second, third = (a.application_id for a in mine)
    actor = world.later("assessor", days=30)
    for places in ({first: 1}, {first: 1, second: 1}, {first: 0, second: 1}, {first: 1, second: 3}):
        with pytest.raises(InvalidMany):
            service.order_ties(actor, round_, places)
    with pytest.raises(InvalidMany):
        service.order_ties(actor, round_, {third: 1})
    with pytest.raises(Refused):
        service.order_ties(world.later("chair", days=30), round_, {first: 1, second: 2})
    assert db.session.scalars(select(OwnPlace)).all() == []
    seen = queries.own_scores(actor, round_).sha256
    assert service.order_ties(actor, round_, {first: 2, second: 1}, seen) == 2
    assert service.order_ties(actor, round_, {first: 2, second: 1}) == 0, "twice is once"
    with pytest.raises(Conflict):
        service.order_ties(actor, round_, {first: 1, second: 2}, seen)
    own = queries.own_scores(actor, round_)
    assert [one.application.id for one in own.scores] == [second, first, third]
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "assessment.place")).all()
    assert len(rows) == 2
    totals = [row.mean for row in queries.results(round_).rows]
    adopt(world, round_)
    assert [row.mean for row in queries.results(round_).rows] == totals, "no score changes by it"
    with pytest.raises(Refused):
        service.order_ties(actor, round_, {first: 1, second: 2})


def test_the_order_on_the_page(world: World, browser: Any) -> None:
    _, mine = scored(world)
    first, second = (a.application_id for a in mine[:2])
    client = browser("assessor")
    page = read(client.get(URL))
    sha = page.find("input", attrs={"name": "sha256"})["value"]  # type: ignore[index]
    bad = client.post(URL, data={f"place_{first}": "1", f"place_{second}": "1", "sha256": sha})
    assert "Plaats 1 is al gekozen." in words(read(bad, 422))
    odd = client.post(URL, data={f"place_{first}": "x", f"place_{second}": "1", "sha256": sha})
    assert "Kies een plaats van 1 tot en met 2." in words(read(odd, 422))
    good = client.post(URL, data={f"place_{first}": "2", f"place_{second}": "1", "sha256": sha})
    assert good.status_code == 302
    stale = client.post(URL, data={f"place_{first}": "1", f"place_{second}": "2", "sha256": sha})
    assert "in een ander venster gewijzigd" in words(read(stale, 422))


def test_the_chair_sees_the_order_as_a_hint_once_all_own_scores_are_in(world: World, browser: Any) -> None:
    round_, mine = scored(world)
    first, second = (a.application_id for a in mine[:2])
    service.order_ties(world.later("assessor", days=30), round_, {first: 2, second: 1})
    db.session.commit()
    url = f"/beoordelen/ronde-1/uitslag/{first}"
    hint = "Ada Beoordelaar gaf 2 aanvragen hetzelfde totaal en zet deze daarvan op plaats 2."
    chair = browser("chair")
    assert hint in words(read(chair.get(url)))
    assert mine[2].assessment is not None
    service.reopen(world.later("chair", days=30), mine[2].assessment, "Nog eens kijken.")
    db.session.commit()
    assert "hetzelfde totaal" not in words(read(chair.get(url))), "not while the assessor is still at work"
    score(world, mine[2], 6)
    service.declare_interest(world.later("chair", days=30), second, InterestAnswer.DECLARED, "Oud-collega.")
    db.session.commit()
    assert "hetzelfde totaal" not in words(read(chair.get(url))), (
        "nothing about what is hidden from the chair"
    )
    assert hint in words(read(browser("programme").get(url)))


def test_the_page_costs_the_same_for_one_and_for_three(
    world: World, browser: Any, count_queries: Any
) -> None:
    round_, _ = scored(world, (5,))
    client = browser("assessor")
    with count_queries() as one:
        read(client.get(URL))
    for place in range(2):
        make_complete(world, round_, "applicant_b", title=f"Nog een plan {place}")
    for place, assignment in enumerate(assign_all(world, round_)):
        score(world, assignment, 4 + place % 3)
    run_jobs()
    db.session.commit()
    db.session.expire_all()
    read(client.get(URL))
    with count_queries() as three:
        read(client.get(URL))
    assert three.number <= one.number + 1, "\n".join(x[:150] + x[-150:] for x in three.statements)
