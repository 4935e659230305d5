"""What stands in the way of a plan, in Dutch (B1), for the programme team: which rules clash, and for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from pool.core.text import plural

from .calibration.words import Remark
from .inputs import PlanOptions
from .plan import Pair
from .states import Excluded

if TYPE_CHECKING:
    from .queries.plans import Situation

COUPLING = {
    "use": "De scores van deze beoordelaars zijn straks goed te vergelijken.",
    "advice": "De scores van deze beoordelaars zijn straks matig te vergelijken.",
    "off": "De scores van deze beoordelaars zijn straks niet goed te vergelijken: zij lezen te weinig dezelfde aanvragen.",
}
"""What the coupling of a plan means, by the value of its gate."""


def reasons(
    remarks: Iterable[Remark],
    found: Situation,
    excluded: Mapping[Pair, Excluded],
    options: PlanOptions,
) -> tuple[str, ...]:
    """Each remark of the solver, or of the check of a plan, as a sentence with the names and causes it is about."""
    return tuple(_Sentence(remark, found, excluded, options).text() for remark in remarks)


def strays(number: int) -> tuple[str, ...]:
    """About pairs of which the application or the assessor takes no part any more."""
    if not number:
        return ()
    places = plural(number, "plek in dit plan gaat", "plekken in dit plan gaan")
    return (f"{places} over een aanvraag of beoordelaar die niet meer meedoet.",)


def taken(found: Situation, pairs: Collection[Pair]) -> tuple[str, ...]:
    """About pairs that were assigned by hand in the meantime."""
    files = {a.id: a.reference for a in found.files}
    return tuple(f"{found.names[user]} leest {files[a]} intussen al." for a, user in sorted(pairs))


class _Sentence:
    """One remark with what is known around it."""

    def __init__(
        self,
        remark: Remark,
        found: Situation,
        excluded: Mapping[Pair, Excluded],
        options: PlanOptions,
    ) -> None:
        self.remark, self.found, self.excluded, self.options = remark, found, excluded, options
        self.values = dict(remark.values)
        self.proposal, self.assessor = self.values.get("proposal", ""), self.values.get("assessor", "")

    def text(self) -> str:
        """The sentence; what needs no more than its numbers is said as the statistics say it."""
        own = getattr(self, f"_{self.remark.code}", None)
        return str(own()) if own else self.remark.text

    def _number(self, name: str) -> int:
        return int(self.values[name])

    def _kept_out(self) -> list[tuple[str, Excluded]]:
        """Who cannot read the application, by name, with why."""
        ident = next(a.id for a in self.found.files if a.reference == self.proposal)
        return [
            (self.found.names[user.id], self.excluded[ident, user.id])
            for user in self.found.assessors
            if (ident, user.id) in self.excluded
        ]

    def _why(self) -> str:
        return next((why.label for name, why in self._kept_out() if name == self.assessor), "dat mag niet")

    def _too_few_eligible(self) -> str:
        out, free, needed = self._kept_out(), self._number("eligible"), self._number("needed")
        what = "vrij van belang" if {why for _, why in out} == {Excluded.INTEREST} else "beschikbaar"
        first = {0: "is geen enkele beoordelaar", 1: "is maar 1 beoordelaar"}.get(
            free, f"zijn maar {free} beoordelaars"
        )
        text = f"Voor {self.proposal} {first} {what}, er {_are(needed)} nodig."
        if out:
            text += f" Niet beschikbaar: {', '.join(f'{name} ({why.label})' for name, why in out)}."
        if any(why == Excluded.REGION for _, why in out):
            text += " U kunt toestaan dat iemand een aanvraag uit de eigen regio leest."
        return text

    def _demand_over_supply(self) -> str:
        text = (
            f"Er zijn {self._number('demand')} beoordelingen nodig, maar alle beoordelaars samen mogen er hoogstens "
            f"{self._number('supply')} doen. Verhoog het maximum of voeg beoordelaars toe."
        )
        if self.options.calibration:
            text += " Of kies minder aanvragen die iedereen leest."
        return text

    def _pin_barred(self) -> str:
        return f"{self.assessor} staat vast bij {self.proposal}, maar mag die aanvraag niet lezen: {self._why()}."

    def _pins_over_demand(self) -> str:
        return (
            f"Bij {self.proposal} {_stand(self._number('pinned'))} vast, maar er {_are(self._number('needed'))} nodig. "
            "Maak er eerst één los."
        )

    def _pins_over_maximum(self) -> str:
        pinned, most = self._number("pinned"), self._number("maximum")
        return (
            f"{self.assessor} staat vast bij {plural(pinned, 'aanvraag', 'aanvragen')}, maar mag er hoogstens {most} "
            "lezen. Verhoog het maximum of maak een aanvraag los."
        )

    def _short_of_assessors(self) -> str:
        short = self._number("short")
        places = "blijft 1 plek" if short == 1 else f"blijven {short} plekken"
        return (
            f"Voor {self.proposal} {places} leeg: wie haar mag lezen, zit aan het maximum. Verhoog het maximum of voeg "
            "beoordelaars toe."
        )

    def _over_maximum(self) -> str:
        over = plural(self._number("over"), "aanvraag", "aanvragen")
        return f"Het lukt alleen als {self.assessor} {over} meer leest dan het maximum."

    def _broken_interest(self) -> str:
        return f"{self.assessor} mag {self.proposal} niet meer lezen: {self._why()}."

    def _broken_coverage(self) -> str:
        given, needed = self._number("given"), self._number("needed")
        return (
            f"{self.proposal} heeft {plural(given, 'beoordelaar', 'beoordelaars')}, er {_are(needed)} nodig."
        )

    def _broken_maximum(self) -> str:
        given = plural(self._number("given"), "aanvraag", "aanvragen")
        return f"{self.assessor} leest {given}; het maximum is {self._number('maximum')}."


def _are(number: int) -> str:
    return "is er 1" if number == 1 else f"zijn er {number}"


def _stand(number: int) -> str:
    return "staat 1 beoordelaar" if number == 1 else f"staan {number} beoordelaars"
