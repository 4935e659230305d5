"""Outcomes in plain Dutch, from the engine's plain numbers; one application has its own words in `telling`.

Points come in thousandths (merit) or nano-points (value); both are written as points. What is written never
decides anything, so rounding a value to thousandths is for the eye only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pool.core.money import format_euros
from pool.core.text import format_percent, format_points, join_words, plural

from .inputs import Changes
from .states import Decision

NANO = 1_000_000
"""Nano-points in a thousandth of a point."""


@dataclass(frozen=True)
class Names:
    """What things are called for this reader. applications: id in the file -> how to speak of it."""

    applications: Mapping[str, str]
    regions: Mapping[str, str]
    themes: Mapping[str, str]

    def application(self, ident: str) -> str:
        return self.applications.get(ident, f"aanvraag {ident}")

    def applications_of(self, idents: Sequence[str]) -> str:
        return join_words([self.application(ident) for ident in idents])


@dataclass(frozen=True)
class Said:
    """A message: its tone (as of an alert), a title, and sentences."""

    tone: str
    title: str
    sentences: tuple[str, ...] = ()


def points(thousandths: int) -> str:
    """'61,25 punten': as many decimals as there are."""
    text = format_points(thousandths, full=True).rstrip("0").rstrip(",")
    return f"{text} punt" if text == "1" else f"{text} punten"


def value(nano: int) -> str:
    """A value in points, for people: rounded to thousandths."""
    if 0 < nano < NANO // 2:
        return "minder dan 0,001 punt"
    return points((nano + NANO // 2) // NANO)


def whole(cents: int) -> str:
    return format_euros(cents, whole=True)


# --- an outcome -----------------------------------------------------------------------------------------------


def proof(outcome: Mapping[str, Any]) -> Said:
    """What is known for certain about an outcome."""
    worth = (
        f"Deze verdeling is {value(outcome['objective'])} waard: {value(outcome['quality'])} voor kwaliteit en "
        f"{value(outcome['bonus'])} voor spreiding."
    )
    if outcome["status"] == "infeasible":
        return Said("error", "Er is geen verdeling mogelijk", ("De regels hieronder kunnen niet samen.",))
    more = outcome["bound"] - outcome["objective"]
    if outcome["rule"] != "optimal":
        return Said(
            "info",
            "Deze verdeling volgt een eenvoudige regel",
            (worth, f"De beste verdeling kan ten hoogste {value(more)} meer waard zijn.")
            if more
            else (worth, "Geen enkele verdeling die aan de regels voldoet, is meer waard."),
        )
    if outcome["status"] == "optimal":
        return Said(
            "success",
            "Dit is bewezen de beste verdeling",
            (
                worth,
                "Geen enkele andere verdeling die aan alle regels voldoet, is meer waard. "
                "Dat is met hele getallen nagerekend.",
                *tie_sentences(outcome["ties"]),
            ),
        )
    share = format_percent(more, max(1, outcome["objective"]), decimals=4)
    return Said(
        "warning",
        "Het bewijs is niet helemaal rond",
        (
            worth,
            f"Een andere verdeling kan meer waard zijn, maar ten hoogste {value(more)} ({share}).",
            *tie_sentences(outcome["ties"]),
        ),
    )


def tie_sentences(ties: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether other outcomes were just as good, and what decided then."""
    if not ties["settled"]:
        return ("Of er nog een verdeling is die precies even goed is, is niet helemaal uitgezocht.",)
    if not ties["met"]:
        return ("Er is maar één verdeling die zo goed is.",)
    decided = {
        "spend": "Gekozen is de verdeling die het minste kost.",
        "lot": "De loting die voor de ronde is gepubliceerd, gaf de doorslag.",
        "amount": "De loting die voor de ronde is gepubliceerd, bepaalde wie de laatste euro's kreeg.",
    }
    return (f"Er waren meer verdelingen precies even goed. {decided[ties['by']]}",)


def clash_sentences(
    clash: Sequence[Mapping[str, Any]], problem: Mapping[str, Any], names: Names
) -> list[str]:
    """The smallest set of rules that cannot be kept together, one sentence each."""
    return [_clash(rule, problem, names) for rule in clash]


def _clash(rule: Mapping[str, Any], problem: Mapping[str, Any], names: Names) -> str:
    kind, ids = rule["kind"], rule["ids"]
    if kind == "ceiling":
        return f"Alle toekenningen samen kosten ten hoogste {whole(problem['ceiling'])}."
    if kind == "threshold":
        return f"Onder {points(problem['min_merit'])} wordt niets toegekend."
    if kind in ("in", "out"):
        how = "wordt in elk geval toegekend" if kind == "in" else "wordt niet toegekend"
        return f"Vooraf vastgelegd: {names.application(ids[0])} {how}."
    if kind == "exclusive":
        return f"Hiervan wordt er ten hoogste één toegekend: {names.applications_of(ids)}."
    if kind == "requires":
        return f"{upper(names.application(ids[0]))} kan alleen samen met {names.application(ids[-1])}."
    where = rule["where"]
    bounds = problem["regions"] if where == "region" else problem["themes"]
    bound = next(b for b in bounds if b["id"] == ids[0])
    place = (
        f"De regio {names.regions.get(ids[0], ids[0])}"
        if where == "region"
        else f"Het thema {names.themes.get(ids[0], ids[0])}"
    )
    if kind == "max_amount":
        return f"{place} krijgt samen ten hoogste {whole(bound['max_amount'])}."
    least = "ten minste" if kind == "min_awards" else "ten hoogste"
    return f"{place} krijgt {least} {plural(bound[kind], 'toekenning', 'toekenningen')}."


def change_sentences(changes: Changes, problem: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """How a scenario differs from the published rules. names: application key -> how to speak of it."""
    found = []
    if changes.ceiling is not None:
        found.append(f"Het plafond is {whole(problem['ceiling'])}.")
    if changes.spread_percent == 0:
        found.append("Spreiding over regio's telt niet mee.")
    elif changes.spread_percent != 100:
        found.append(
            f"Het gewicht van de spreiding is {changes.spread_percent}% van het gepubliceerde gewicht."
        )
    for one in changes.forced:
        how = "wordt in elk geval toegekend" if one.decision == Decision.IN else "wordt niet toegekend"
        found.append(f"{upper(names.get(one.application_id, 'een aanvraag'))} {how}. Reden: {one.reason}")
    return found


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def cost_sentence(first: str, second: str, cost: int, quality: int, bonus: int) -> str:
    """What it costs to take the second scenario instead of the first, measured with the rules of the first."""
    if cost == 0:
        return f"Gemeten met de regels van ‘{first}’ zijn beide verdelingen evenveel waard."

    def said(difference: int, what: str) -> str:
        return f"{value(abs(difference))} {'minder' if difference > 0 else 'meer'} {what}"

    parts = [said(d, what) for d, what in ((quality, "kwaliteit"), (bonus, "spreiding")) if d]
    less = "minder" if cost > 0 else "meer"
    return f"Gemeten met de regels van ‘{first}’ is ‘{second}’ {value(abs(cost))} {less} waard: {join_words(parts)}."


def weight_range(low: tuple[int, int], high: tuple[int, int] | None) -> str:
    """For which weights of the spread something holds, as shares (numerator, denominator) of the weight in use."""
    upper = "en meer" if high is None else f"tot {format_percent(*high, decimals=1)}"
    return f"{format_percent(*low, decimals=1)} {upper}"
