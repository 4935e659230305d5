"""What the figures mean, in Dutch (B1) for a committee member, by code.

A code and its values travel through reports and pages; the sentence is made here and nowhere else. Values
are filled in as they come, numbers with a decimal comma.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Remark:
    """A code of TEXTS with the values its sentence needs."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, code: str, **values: Value) -> Remark:
        return cls(code, tuple(sorted(values.items())))

    @property
    def text(self) -> str:
        return say(self.code, **dict(self.values))


TEXTS: Mapping[str, str] = MappingProxyType({
    # coupling
    "coupling_use": "De beoordelaars zijn goed met elkaar te vergelijken: ze lazen genoeg dezelfde aanvragen (koppeling {index}).",
    "coupling_advice": "De beoordelaars zijn matig met elkaar te vergelijken (koppeling {index}). Gebruik de gecorrigeerde scores alleen als hulp bij het gesprek.",
    "coupling_off": "De beoordelaars zijn niet goed met elkaar te vergelijken: ze lazen te weinig dezelfde aanvragen (koppeling {index}). Gebruik de gecorrigeerde scores niet.",
    "coupling_groups": "De commissie bestaat uit {groups} groepen die geen enkele aanvraag samen lazen. Tussen die groepen is niets te vergelijken.",
    # severity
    "severity_not_shown": "Er is geen verschil in strengheid aangetoond: uit deze scores blijkt niet dat de ene beoordelaar strenger is dan de andere.",
    "severity_shown": "De ene beoordelaar is strenger dan de andere. Dat verschil is groter dan toeval.",
    "severity_own_more": "U geeft gemiddeld ongeveer {points} punten meer dan de andere beoordelaars (waarschijnlijk tussen {low} en {high}).",
    "severity_own_less": "U geeft gemiddeld ongeveer {points} punten minder dan de andere beoordelaars (waarschijnlijk tussen {low} en {high}).",
    "severity_own_none": "Uit deze scores blijkt niet dat u strenger of soepeler bent dan de andere beoordelaars.",
    # reliability
    "agreement_unknown": "Er zijn te weinig scores om te zien hoe vaak beoordelaars het eens zijn.",
    "agreement_not_shown": "Uit deze scores blijkt niet dat beoordelaars het vaker eens zijn dan door toeval.",
    "agreement_low": "Beoordelaars van dezelfde aanvraag zijn het vaak niet eens. Eén score zegt dus weinig; bespreek de verschillen.",
    "agreement_fair": "Beoordelaars van dezelfde aanvraag zijn het redelijk vaak eens. Bespreek de grote verschillen.",
    "agreement_good": "Beoordelaars van dezelfde aanvraag zijn het meestal eens.",
    "agreement_high": "Beoordelaars van dezelfde aanvraag zijn het bijna altijd eens.",
    "marks_unknown": "Er zijn te weinig cijfers om te zien hoe vaak beoordelaars het eens zijn over een knelpunt.",
    "marks_not_shown": "Uit deze cijfers blijkt niet dat beoordelaars het vaker eens zijn over een knelpunt dan door toeval. Bespreek wat de cijfers betekenen.",
    "marks_low": "Beoordelaars zijn het vaak niet eens over een knelpunt. Bespreek de verschillen en spreek een cijfer af.",
    "marks_fair": "Beoordelaars zijn het redelijk vaak eens over een knelpunt. Bespreek de grote verschillen.",
    "marks_good": "Beoordelaars zijn het meestal eens over een knelpunt.",
    "marks_high": "Beoordelaars zijn het bijna altijd eens over een knelpunt.",
    "misplaced": "Van de {k} hoogste aanvragen horen er naar schatting {wrong} niet bij de werkelijk beste {k}. Kijk daarom goed naar de aanvragen rond de streep.",
    # what the adjusted list changes
    "crosses_up": "Komt door de correctie boven de streep.",
    "crosses_down": "Komt door de correctie onder de streep.",
    # attention list
    "wide_spread": "De scores liggen {points} punten uit elkaar.",
    "level_gap": "Bij '{criterion}' verschillen de niveaus {levels} stappen.",
    "mark_gap": "Bij knelpunt '{bottleneck}' liggen de cijfers {marks} uit elkaar.",
    "unusual_score": "De score van {assessor} is {points} punten {direction} dan verwacht.",
    "low_coupling": "De beoordelaars van deze aanvraag zijn slecht met de anderen te vergelijken.",
    "grey_zone": "De plaats rond de streep is onzeker: de kans op een plaats bij de beste {k} is {percent} procent.",
    "one_score": "Er is maar één score.",
    # bias
    "bias_none": "Bij '{name}' is geen verschil te zien dat groter is dan toeval. Een verschil kleiner dan ongeveer {detectable} punten is met deze aantallen niet te zien.",
    "bias_shown": "Bij '{name}' is een verschil te zien van ongeveer {points} punten. Zo'n verschil komt door toeval maar zelden voor. Bespreek waar dit door kan komen.",
    "bias_groups_none": "Bij '{name}' verschillen de groepen niet meer dan door toeval.",
    "bias_groups_shown": "Bij '{name}' verschillen de groepen meer dan door toeval. Dat kan ook een verschil in kwaliteit zijn. Bespreek waar dit door kan komen.",
    "bias_unknown": "Bij '{name}' zijn er te weinig gegevens om een verschil te kunnen zien.",
    # assignment
    "too_few_eligible": "Aanvraag {proposal} heeft {needed} beoordelaars nodig, maar hoogstens {eligible} mogen haar lezen. Uitgesloten: {barred} door een belang of afmelding, {near} door de eigen regio.",
    "no_expert": "Voor aanvraag {proposal} (thema: {theme}) is kennis van het thema nodig bij {needed} van de beoordelaars. Er mogen {eligible} beoordelaars met die kennis haar lezen.",
    "demand_over_supply": "Er zijn {demand} beoordelingen nodig, maar alle beoordelaars samen mogen er hoogstens {supply} doen. Voeg beoordelaars toe, verhoog het maximum of vraag minder scores per aanvraag.",
    "demand_under_minimum": "Alle beoordelaars samen moeten er minstens {minimum} doen, maar er zijn er maar {demand} nodig. Verlaag het minimum.",
    "minimum_out_of_reach": "Beoordelaar {assessor} moet er minstens {minimum} doen, maar mag er maar {eligible} lezen.",
    "pin_barred": "Beoordelaar {assessor} staat vast bij aanvraag {proposal}, maar mag die niet lezen.",
    "pins_over_demand": "Bij aanvraag {proposal} staan {pinned} beoordelaars vast, maar er zijn er maar {needed} nodig.",
    "pins_over_maximum": "Beoordelaar {assessor} staat bij {pinned} aanvragen vast, maar mag er hoogstens {maximum} doen.",
    "short_of_assessors": "Aanvraag {proposal} komt {short} beoordelaars tekort door de maxima en uitsluitingen samen.",
    "over_maximum": "Het lukt alleen als beoordelaar {assessor} {over} aanvragen meer doet dan het maximum.",
    "under_minimum": "Het lukt alleen als beoordelaar {assessor} {under} aanvragen minder doet dan het minimum.",
    "short_of_experts": "Aanvraag {proposal} komt {short} beoordelaars met kennis van het thema tekort, door de andere regels samen.",
    "no_solution_found": "Binnen de tijd is geen toewijzing gevonden. Probeer het met ruimere regels of minder aanvragen tegelijk.",
    # broken rules of an existing assignment
    "broken_coverage": "Aanvraag {proposal} heeft {given} beoordelaars in plaats van {needed}.",
    "broken_maximum": "Beoordelaar {assessor} heeft {given} aanvragen; het maximum is {maximum}.",
    "broken_minimum": "Beoordelaar {assessor} heeft {given} aanvragen; het minimum is {minimum}.",
    "broken_interest": "Beoordelaar {assessor} heeft een belang bij aanvraag {proposal}.",
    "broken_region": "Beoordelaar {assessor} is te dicht betrokken bij de regio van aanvraag {proposal}.",
    "broken_expertise": "Aanvraag {proposal} heeft {given} beoordelaars met kennis van het thema; nodig zijn er {needed}.",
    "broken_pin": "Beoordelaar {assessor} hoort vast bij aanvraag {proposal}.",
    "unknown_pair": "Aanvraag {proposal} of beoordelaar {assessor} is onbekend.",
})  # fmt: skip


def number(value: Value) -> str:
    """A value as a reader writes it: at most two decimals, decimal comma, no needless zeros."""
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text.replace(".", ",")
    return str(value)


def say(code: str, **values: Value) -> str:
    """The sentence of a code. Raises KeyError for an unknown code or a missing value."""
    return TEXTS[code].format(**{name: number(value) for name, value in values.items()})
