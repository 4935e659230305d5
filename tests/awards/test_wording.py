"""The prefilled reasons: the right words for the facts, and never a claim that the facts do not bear."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pool.allocation.states import AllocationRule
from pool.awards.states import Ground, Outcome
from pool.awards.wording import ReasonFacts, article, reason, suggested_ground
from pool.rounds.states import Instrument

FACTS = ReasonFacts(
    requested=5_000_000,
    minimum=4_000_000,
    amount=5_000_000,
    computed=5_000_000,
    merit=71_250,
    min_merit=55_000,
    ceiling=20_000_000,
    asked=35_000_000,
    count=7,
    spread=True,
)


def test_an_award() -> None:
    assert suggested_ground(FACTS) is None
    assert reason(FACTS).replace("\xa0", " ") == (
        "De commissie gaf uw aanvraag een kwaliteitsscore van 71,3 punten (van de 100). Er zijn minimaal 55,0 punten "
        "nodig. Uw aanvraag haalt dat.\n\n"
        "In deze ronde vroegen 7 aanvragen samen € 350.000,00. Het plafond is € 200.000,00. Daarom is de verdeling "
        "berekend waarin de kwaliteit en de spreiding over de regio's samen zo hoog mogelijk zijn.\n\n"
        "Wij kennen daarom het hele gevraagde bedrag toe."
    )


def test_a_score_below_the_minimum_says_only_that() -> None:
    text = reason(replace(FACTS, amount=0, computed=0, merit=41_000))
    assert "haalt dat niet" in text
    assert "plafond" not in text
    assert suggested_ground(replace(FACTS, amount=0, computed=0, merit=41_000)) == Ground.QUALITY


def test_a_refusal_for_the_ceiling_carries_the_explanation() -> None:
    facts = replace(FACTS, amount=0, computed=0, explanation="Met 80 punten was de aanvraag toegekend.")
    assert "Met 80 punten was de aanvraag toegekend." in reason(facts)
    assert suggested_ground(facts) == Ground.CEILING


def test_a_deviation_downwards_does_not_blame_the_ceiling() -> None:
    facts = replace(FACTS, amount=4_500_000, deviation="De scholing is dubbel betaald.")
    text = reason(facts).replace("\xa0", " ")
    assert "kwam uit op € 50.000,00" in text
    assert "De scholing is dubbel betaald." in text
    assert "het verschil van € 5.000,00 wijzen wij af" in text
    assert suggested_ground(facts) == Ground.PURPOSE


def test_a_deviation_upwards_from_nothing() -> None:
    text = reason(replace(FACTS, computed=0, deviation="Een regio bleef leeg."))
    assert "niet uit op een bedrag voor uw aanvraag" in text
    assert "Een regio bleef leeg." in text


def test_spread_and_best_are_claimed_only_where_they_counted() -> None:
    assert "spreiding" not in reason(replace(FACTS, spread=False))
    for rule in (AllocationRule.RANK_CUT, AllocationRule.RANK_SKIP):
        assert "hoogste kwaliteitsscore voor" in reason(replace(FACTS, rule=rule))
    assert "per euro" in reason(replace(FACTS, rule=AllocationRule.RATIO))


def test_the_ceiling_is_an_article_of_the_awb_only_for_a_subsidy() -> None:
    assert article(Ground.CEILING, Instrument.SUBSIDY, "Regeling").startswith("artikel 4:25")
    for instrument in (Instrument.SPECIFIC_GRANT, Instrument.DECENTRALISED_GRANT):
        assert article(Ground.CEILING, instrument, "Regeling") == "Regeling"
    assert article(Ground.QUALITY, Instrument.SUBSIDY, "Regeling") == "Regeling"


@st.composite
def facts(draw: st.DrawFn) -> ReasonFacts:
    requested = draw(st.integers(1, 10**9))
    minimum = draw(st.integers(0, requested))
    amounts = st.sampled_from((0, requested)) | st.integers(minimum, requested)
    return replace(
        FACTS,
        requested=requested,
        minimum=minimum,
        amount=draw(amounts),
        computed=draw(amounts),
        merit=draw(st.none() | st.integers(0, 100_000)),
        asked=draw(st.integers(requested, 10**10)),
        deviation="de reden",
        rule=draw(st.sampled_from(AllocationRule)),
    )


@given(facts())
def test_every_reason_ends_with_its_outcome_and_names_its_ground(f: ReasonFacts) -> None:
    text, outcome = reason(f), Outcome.of(f.amount, f.requested)
    ending = {
        Outcome.AWARDED: "Wij kennen daarom het hele gevraagde bedrag toe.",
        Outcome.REFUSED: "Wij wijzen uw aanvraag daarom af.",
        Outcome.PARTLY_AWARDED: "wijzen wij af.",
    }
    assert text.endswith(ending[outcome])
    assert ("de reden" in text) == (f.amount != f.computed)
    assert (suggested_ground(f) is None) == (outcome == Outcome.AWARDED)
