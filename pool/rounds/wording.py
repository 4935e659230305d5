"""The rules of a round in plain Dutch, from the published numbers."""

from __future__ import annotations

from pool.core.money import format_euros
from pool.core.text import join_words, plural

from .inputs import RoundRules
from .overview import points as _points
from .states import Calibration, OwnRegion

ORDINALS = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste")


def spread_sentence(rules: RoundRules) -> str:
    """What the spread weighting does, in one or two sentences."""
    if not any(rules.spread_steps):
        return "Er is geen spreidingsgewicht: alleen de kwaliteit telt."
    steps = [
        f"{_points(step)} voor de {ORDINALS[place]} toekenning"
        for place, step in enumerate(rules.spread_steps[: len(ORDINALS)])
        if step
    ]
    where = "elke regio die meedoet" if rules.joint == "every" else "de regio die als eerste is genoemd"
    return (
        f"Naast kwaliteit telt spreiding: een regio levert {join_words(steps)} extra op. "
        f"Bij een gezamenlijke aanvraag telt {where}."
    )


def choice_sentences(rules: RoundRules) -> list[str]:
    """How the choice is made, step by step, for the public page."""
    basis = (
        "Elke aanvraag telt met haar kwaliteitsscore, hoe groot of klein het bedrag ook is."
        if rules.value_basis == "application"
        else "De kwaliteitsscore telt per euro: een aanvraag van twee keer zoveel geld weegt twee keer zo zwaar."
    )
    sentences = [
        f"Elke aanvraag wordt gelezen door {plural(rules.assessors_per_application, 'beoordelaar', 'beoordelaars')}. "
        "Zij geven per criterium een niveau van 1 tot en met 9, met een reden.",
    ]
    if rules.bottlenecks:
        sentences.append(
            "Zij kijken ook welke van de knelpunten hieronder een aanvraag aanpakt, en geven per knelpunt een cijfer van 0 tot en met 3, met een citaat uit de aanvraag. "
            "Deze cijfers tellen niet mee in de kwaliteitsscore. De commissie ziet ermee welke knelpunten blijven liggen."
        )
    sentences.append(
        "Wie een belang heeft bij een aanvraag, beoordeelt haar niet. "
        + (
            "Niemand beoordeelt een aanvraag uit de eigen regio."
            if rules.own_region == OwnRegion.HARD
            else "Een aanvraag uit de eigen regio beoordeelt iemand alleen als de voorzitter dat goedvindt."
        )
    )
    if rules.extra_assessor_gap is not None:
        sentences.append(
            f"Liggen twee totaalscores meer dan {_points(rules.extra_assessor_gap)} uit elkaar, dan leest nog een "
            "beoordelaar de aanvraag."
        )
    if rules.calibration == Calibration.ADVICE:
        sentences.append(
            "Het systeem berekent ook een score waarin het verschil tussen strenge en milde beoordelaars is "
            "weggehaald. De commissie ziet beide scores. De berekende score is een advies."
        )
    elif rules.calibration == Calibration.USE:
        sentences.append(
            "Het systeem haalt het verschil tussen strenge en milde beoordelaars uit de scores. De commissie gaat "
            "uit van die score en wijkt er alleen met een reden van af."
        )
    sentences.append("De commissie stelt per aanvraag een kwaliteitsscore vast van 0 tot en met 100 punten.")
    if rules.min_merit:
        sentences.append(f"Onder {_points(rules.min_merit)} wordt niets toegekend.")
    sentences += [
        "Daarna berekent het systeem met welke toekenningen kwaliteit en spreiding samen zo hoog mogelijk zijn, "
        "zonder het plafond te passeren.",
        basis,
        spread_sentence(rules),
    ]
    if rules.partial_awards:
        sentences.append(
            "Een aanvraag kan ook deels worden toegekend, maar nooit voor minder dan het bedrag "
            "dat u als minimum opgeeft."
        )
    if rules.max_request is not None:
        sentences.append(f"U kunt ten hoogste {format_euros(rules.max_request, whole=True)} vragen.")
    sentences.append(
        "Zijn er meer verdelingen even goed, dan kiest het systeem de verdeling die het minste kost. Is er dan "
        "nog een keuze, dan beslist een loting die iedereen kan narekenen."
    )
    return sentences
