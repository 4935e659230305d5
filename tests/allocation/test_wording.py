"""Explanations in words: every sentence follows from the numbers, and none says more than was proven."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pool.allocation import telling, wording
from pool.allocation.engine import explain, parse_problem, solve
from pool.allocation.inputs import Changes, Forced
from pool.allocation.states import Decision
from pool.core.text import format_points
from tests.allocation.test_results import problems

NBSP = "\u00a0"
NAMES = wording.Names({"A001": "‘Sneller’ (P-1)"}, {"zeeland": "Zeeland"}, {"mda": "MDA++"})


def _problem(**changes: Any) -> dict[str, Any]:
    """Three applications of € 60, the third divisible from € 40, and € 120 to divide."""

    def application(number: int, merit: int, minimum: int = 6000, **more: Any) -> dict[str, Any]:
        return {
            "id": f"A00{number}",
            "merit": merit,
            "requested": 6000,
            "minimum": minimum,
            "regions": ["zeeland"],
            "theme": "mda",
            "decision": "free",
            **more,
        }

    bound = {"min_awards": 0, "max_awards": None, "max_amount": None}
    return {
        "schema": "pool-allocation-problem/1",
        "name": "proef",
        "ceiling": 12_000,
        "amount_step": 100,
        "value": {"basis": "application"},
        "spread": {"steps": [35_000, 17_500], "joint": "every"},
        "min_merit": 55_000,
        "regions": [{"id": "zeeland", **bound}],
        "themes": [{"id": "mda", **bound}],
        "applications": [application(1, 90_000), application(2, 80_000), application(3, 70_000, 4000)],
        "exclusive": [],
        "requires": [],
        "ties": {"seed": "loting"},
        **changes,
    }


def _with(problem: dict[str, Any], ident: str, **changes: Any) -> dict[str, Any]:
    applications = [{**a, **changes} if a["id"] == ident else a for a in problem["applications"]]
    return {**problem, "applications": applications}


def _told(problem: dict[str, Any], ident: str) -> telling.Explained:
    found = explain(parse_problem(problem)).to_dict()
    one = next(e for e in found["applications"] if e["id"] == ident)
    return telling.explain(one, problem, found["objective"], NAMES, found["always"], found["never"])


def _text(problem: dict[str, Any], ident: str) -> str:
    return " ".join(_told(problem, ident).sentences).replace(NBSP, " ")


def test_refused_for_lack_of_money() -> None:
    assert "Ook met een lager gevraagd bedrag was deze aanvraag niet toegekend." in _text(_problem(), "A003")
    problem = _problem(ceiling=13_000)
    text = _text(problem, "A003")
    assert "niet toegekend" in text
    assert "Er is meer gevraagd dan er te verdelen is. Binnen € 130" in text
    needed = explain(parse_problem(problem), ids=["A003"]).applications[0]
    assert needed.lowest_merit is not None
    assert f"Met een score van {wording.points(needed.lowest_merit)} of hoger" in text
    assert needed.largest_amount is not None
    assert (
        f"als er ten hoogste {wording.whole(needed.largest_amount)} was gevraagd".replace(NBSP, " ") in text
    )
    # True when solved again: awarded at the score that is named, and not one thousandth below.
    for merit, awarded in ((needed.lowest_merit, True), (needed.lowest_merit - 1, False)):
        again = solve(parse_problem(_with(problem, "A003", merit=merit)))
        assert ("A003" in again.awards) is awarded


def test_refused_below_the_threshold() -> None:
    text = _text(_with(_problem(), "A003", merit=54_999), "A003")
    assert "De kwaliteitsscore is 54,999 punten. Onder 55 punten wordt in deze ronde niets toegekend" in text
    assert "lager gevraagd bedrag" not in text


def test_refused_because_it_was_fixed_beforehand() -> None:
    told = _told(_with(_problem(), "A001", decision="out"), "A001")
    assert "vooraf vastgelegd" in told.sections[0].sentences[0]
    assert "Wat er nodig was geweest" not in [section.heading for section in told.sections]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("regions", "Het maximum voor de regio Zeeland is bereikt."),
        ("themes", "Het maximum voor het thema MDA++ is bereikt."),
    ],
)
def test_refused_by_a_maximum(what: str, said: str) -> None:
    problem = _problem(ceiling=100_000)
    problem[what] = [{**problem[what][0], "max_awards": 2}]
    assert said in _text(problem, "A003")


def test_refused_because_another_one_excludes_it() -> None:
    text = _text(_problem(ceiling=100_000, exclusive=[["A001", "A003"]]), "A003")
    assert "kan niet samen met ‘Sneller’ (P-1), en die is toegekend" in text


def test_refused_without_the_one_it_needs() -> None:
    problem = _with(_problem(ceiling=100_000, requires=[["A003", "A002"]]), "A002", decision="out")
    text = _text(problem, "A003")
    assert "Er is geen verdeling met deze aanvraag die aan alle regels voldoet" in text
    assert "aanvragen die alleen samen kunnen: aanvraag A003 en aanvraag A002" in text


def test_refused_because_nothing_is_possible_with_it() -> None:
    problem = _with(_problem(ceiling=9000), "A001", decision="in")
    told = _told(problem, "A003")
    assert "Er is geen verdeling met deze aanvraag" in told.sections[0].sentences[0]
    points = [point.replace(NBSP, " ") for point in told.sections[0].points]
    assert points == ["het plafond van € 90", "wat vooraf is vastgelegd over ‘Sneller’ (P-1)"]


def test_awarded_tells_how_far_it_may_fall_and_what_happens_without_it() -> None:
    problem = _problem()
    told = _told(problem, "A001")
    text = " ".join(told.sentences).replace(NBSP, " ")
    assert told.status == "awarded"
    assert "het hele gevraagde bedrag: € 60." in text
    lowest = explain(parse_problem(problem), ids=["A001"]).applications[0].lowest_merit
    assert lowest is not None
    assert f"Ook met {wording.points(lowest)} was deze aanvraag toegekend" in text
    assert "Aanvraag A003 komt erbij (€ 60)." in text


def test_awarded_in_part_tells_what_the_rest_would_have_taken() -> None:
    told = _told(_problem(ceiling=17_000), "A003")
    assert told.status == "partly"
    assert told.title.replace(NBSP, " ").endswith("een deel: € 50 van de gevraagde € 60 (83%).")
    assert told.sections[0].heading == "Waarom niet alles"


def test_a_rule_goes_before_value() -> None:
    """Worth more with it, but below the threshold, or fixed beforehand."""
    cheap = {"requested": 200, "minimum": 200}
    text = _text(_with(_problem(ceiling=12_200), "A003", merit=50_000, **cheap), "A003")
    assert (
        "De beste verdeling met deze aanvraag zou 50 punten meer waard zijn. De ondergrens gaat voor." in text
    )
    fixed = _with(_with(_problem(), "A003", merit=56_000), "A003", decision="in")
    text = _text(fixed, "A003")
    assert "zonder deze aanvraag" in text
    assert "Wat vooraf is vastgelegd gaat voor." in text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_no_sentence_has_a_hole_or_a_number_below_zero(problem: dict[str, Any]) -> None:
    found = explain(parse_problem(problem)).to_dict()
    for one in found["applications"]:
        told = telling.explain(one, problem, found["objective"], NAMES, found["always"], found["never"])
        for sentence in told.sentences:
            assert not re.search(r"None|(?<!P)-[0-9]|[{}]", sentence), sentence
            assert sentence == sentence.strip()


def test_what_was_not_proven_is_not_said() -> None:
    problem = _problem()
    found = explain(parse_problem(problem), ids=["A003"]).to_dict()
    one = found["applications"][0]
    one |= {"lowest_merit": None, "largest_amount": None, "cost": None, "changes": [], "proven": False}
    text = " ".join(telling.explain({**one, "binding": []}, problem, found["objective"], NAMES).sentences)
    assert text == f"De aanvraag is in deze verdeling niet toegekend. {telling.UNDECIDED}"


def test_the_proof_in_words() -> None:
    best = solve(parse_problem(_problem())).to_dict()
    said = wording.proof(best)
    assert (said.tone, said.title) == ("success", "Dit is bewezen de beste verdeling")
    assert said.sentences[0] == (
        "Deze verdeling is 222,5 punten waard: 170 punten voor kwaliteit en 52,5 punten voor spreiding."
    )
    gap = wording.proof({**best, "status": "gap", "bound": best["objective"] + 1_000_000})
    assert (gap.tone, "ten hoogste 0,001 punten (0,0004%)" in gap.sentences[1]) == ("warning", True)
    rule = wording.proof({**best, "rule": "rank_cut", "bound": best["objective"]})
    assert rule.sentences[1] == "Geen enkele verdeling die aan de regels voldoet, is meer waard."


@pytest.mark.parametrize(
    ("ties", "said"),
    [
        ({"met": False, "by": None, "settled": True}, "Er is maar één verdeling die zo goed is."),
        ({"met": True, "by": "spend", "settled": True}, "het minste kost"),
        ({"met": True, "by": "lot", "settled": True}, "gaf de doorslag"),
        ({"met": True, "by": "amount", "settled": True}, "de laatste euro's"),
        ({"met": False, "by": None, "settled": False}, "niet helemaal uitgezocht"),
    ],
)
def test_ties_in_words(ties: dict[str, Any], said: str) -> None:
    assert said in wording.tie_sentences(ties)[0]


def test_every_kind_of_clash_has_words() -> None:
    bounds = {"min_awards": 1, "max_awards": 2, "max_amount": 5000}
    problem = _problem(
        regions=[{"id": "zeeland", **bounds}], themes=[{"id": "mda", **bounds, "min_awards": 2}]
    )
    rules = [
        ("ceiling", "", []),
        ("threshold", "", []),
        ("in", "", ["A001"]),
        ("out", "", ["A002"]),
        ("exclusive", "", ["A001", "A002"]),
        ("requires", "", ["A001", "A002"]),
        ("min_awards", "region", ["zeeland"]),
        ("max_awards", "region", ["zeeland"]),
        ("max_amount", "theme", ["mda"]),
        ("min_awards", "theme", ["mda"]),
    ]
    clash = [{"kind": kind, "where": where, "ids": ids} for kind, where, ids in rules]
    said = [line.replace(NBSP, " ") for line in wording.clash_sentences(clash, problem, NAMES)]
    assert said == [
        "Alle toekenningen samen kosten ten hoogste € 120.",
        "Onder 55 punten wordt niets toegekend.",
        "Vooraf vastgelegd: ‘Sneller’ (P-1) wordt in elk geval toegekend.",
        "Vooraf vastgelegd: aanvraag A002 wordt niet toegekend.",
        "Hiervan wordt er ten hoogste één toegekend: ‘Sneller’ (P-1) en aanvraag A002.",
        "‘Sneller’ (P-1) kan alleen samen met aanvraag A002.",
        "De regio Zeeland krijgt ten minste 1 toekenning.",
        "De regio Zeeland krijgt ten hoogste 2 toekenningen.",
        "Het thema MDA++ krijgt samen ten hoogste € 50.",
        "Het thema MDA++ krijgt ten minste 2 toekenningen.",
    ]


def test_changes_in_words() -> None:
    changes = Changes(
        10_000, 0, (Forced(3, Decision.OUT, "Al betaald."), Forced(4, Decision.IN, "Afspraak."))
    )
    said = wording.change_sentences(changes, _problem(ceiling=10_000), {3: "‘Sneller’"})
    assert [line.replace(NBSP, " ") for line in said] == [
        "Het plafond is € 100.",
        "Spreiding over regio's telt niet mee.",
        "‘Sneller’ wordt niet toegekend. Reden: Al betaald.",
        "Een aanvraag wordt in elk geval toegekend. Reden: Afspraak.",
    ]
    assert wording.change_sentences(Changes(), _problem(), {}) == []


def test_points_and_values_are_written_for_people() -> None:
    assert wording.points(1000) == "1 punt"
    assert wording.points(61_250) == "61,25 punten"
    assert wording.points(70_000) == "70 punten"
    assert wording.value(1) == "minder dan 0,001 punt"
    assert wording.value(1_500_000) == "0,002 punten"
    assert wording.value(0) == "0 punten"
    assert format_points(950) == "1,0"
    assert wording.weight_range((1, 8), None) == "12,5% en meer"
    assert wording.weight_range((0, 1), (1, 2)) == "0,0% tot 50,0%"
    assert wording.cost_sentence("A", "B", 0, 0, 0).endswith("evenveel waard.")
    said = wording.cost_sentence("A", "B", 500_000_000, 1_000_000_000, -500_000_000)
    assert said.endswith("‘B’ 0,5 punten minder waard: 1 punt minder kwaliteit en 0,5 punten meer spreiding.")
