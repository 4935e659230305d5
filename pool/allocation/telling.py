"""Why one application is in or out, in plain Dutch: headings and sentences from an explanation's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pool.core.text import format_percent

from .wording import Names, points, upper, value, whole

MARGIN_WORDS = {"1": "0,1%", "5": "0,5%", "10": "1%"}
"""How far below the best an outcome may lie, by the name the engine gives it."""


@dataclass(frozen=True)
class Section:
    """One part of an explanation: a heading, sentences, and the points of a list below them."""

    heading: str
    sentences: tuple[str, ...]
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explained:
    """One application explained. status: awarded, partly or refused."""

    status: str
    title: str
    sections: tuple[Section, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it as plain sentences, for a letter or a file."""
        found = [self.title]
        for section in self.sections:
            found += [*section.sentences, *section.points]
        return tuple(found)


def explain(
    explanation: Mapping[str, Any],
    problem: Mapping[str, Any],
    objective: int,
    names: Names,
    always: Mapping[str, Sequence[str]] | None = None,
    never: Mapping[str, Sequence[str]] | None = None,
) -> Explained:
    """One application of `pool-allocation-explanations/1` in words. objective: of the best outcome, nano-points."""
    teller = _Teller(explanation, problem, objective, names)
    amount, requested = explanation["amount"], explanation["requested"]
    if not amount:
        sections = [teller.why_not(), teller.what_would_do(), teller.turned()]
        sections += [teller.margin(never or {}, "geen enkele"), teller.unproven()]
        return Explained("refused", "De aanvraag is in deze verdeling niet toegekend.", _filled(sections))
    sections = [teller.how_sure(), teller.turned(), teller.margin(always or {}, "elke"), teller.unproven()]
    if amount == requested:
        title = f"De aanvraag krijgt in deze verdeling het hele gevraagde bedrag: {whole(amount)}."
        return Explained("awarded", title, _filled(sections))
    share = format_percent(amount, requested)
    title = (
        f"De aanvraag krijgt in deze verdeling een deel: {whole(amount)} van de gevraagde "
        f"{whole(requested)} ({share})."
    )
    return Explained("partly", title, _filled([teller.why_partly(), *sections]))


def _filled(sections: Sequence[Section | None]) -> tuple[Section, ...]:
    return tuple(section for section in sections if section is not None)


IMPOSSIBLE = "Er is geen verdeling met deze aanvraag die aan alle regels voldoet. Dit laat samen geen ruimte voor haar:"
UNDECIDED = "Niet alles was binnen de grens van het rekenwerk met zekerheid vast te stellen."


class _Teller:
    """The sections about one application."""

    def __init__(
        self, found: Mapping[str, Any], problem: Mapping[str, Any], objective: int, names: Names
    ) -> None:
        self.found, self.problem, self.objective, self.names = found, problem, objective, names
        self.merit: int = found["merit"]
        self.application = next(a for a in problem["applications"] if a["id"] == found["id"])
        self.kinds = [rule["kind"] for rule in found["binding"]]

    @property
    def proven(self) -> bool:
        return bool(self.found.get("proven", True))

    def unproven(self) -> Section | None:
        return None if self.proven else Section("Wat niet zeker is", (UNDECIDED,))

    @property
    def divisible(self) -> bool:
        return bool(self.application["minimum"] < self.application["requested"])

    def why_not(self) -> Section | None:
        rules = self.found["binding"]
        if not rules:
            return None
        if self.found["cost"] is None and self.kinds not in (["threshold"], ["decision"]):
            return Section("Waarom niet", (IMPOSSIBLE,), tuple(self._clashing(rule) for rule in rules))
        return Section("Waarom niet", tuple(self._binding(rule) for rule in rules))

    def _clashing(self, rule: Mapping[str, Any]) -> str:
        """One of the rules that together leave no room for the application."""
        kind, ids = rule["kind"], rule["ids"]
        said = {
            "ceiling": f"het plafond van {whole(self.problem['ceiling'])}",
            "threshold": f"de ondergrens van {points(self.problem['min_merit'])}",
            "decision": f"wat vooraf is vastgelegd over {self.names.applications_of(ids)}",
            "exclusive": f"ten hoogste één toekenning voor {self.names.applications_of(ids)}",
            "requires": f"aanvragen die alleen samen kunnen: {self.names.applications_of(ids)}",
        }
        if kind == "region":
            return f"de regels voor de regio {self.names.regions.get(ids[0], ids[0])}"
        if kind == "theme":
            return f"de regels voor het thema {self.names.themes.get(ids[0], ids[0])}"
        return said[kind]

    def _binding(self, rule: Mapping[str, Any]) -> str:
        kind, ids = rule["kind"], rule["ids"]
        if kind == "threshold":
            return (
                f"De kwaliteitsscore is {points(self.merit)}. Onder {points(self.problem['min_merit'])} wordt in "
                "deze ronde niets toegekend, ook niet als er geld over is."
            )
        if kind == "decision":
            return "In dit scenario is vooraf vastgelegd dat deze aanvraag niet wordt toegekend."
        if kind == "exclusive":
            return (
                f"Deze aanvraag kan niet samen met {self.names.applications_of(ids)}, en die is toegekend. "
                "Zonder die regel was deze aanvraag wel toegekend."
            )
        if kind == "requires":
            return f"Deze aanvraag kan alleen samen met {self.names.applications_of(ids)}, en die is niet toegekend."
        if kind in ("region", "theme"):
            place = (
                f"de regio {self.names.regions.get(ids[0], ids[0])}"
                if kind == "region"
                else f"het thema {self.names.themes.get(ids[0], ids[0])}"
            )
            return f"Het maximum voor {place} is bereikt. Zonder dat maximum was deze aanvraag wel toegekend."
        return (
            f"Er is meer gevraagd dan er te verdelen is. Binnen {whole(self.problem['ceiling'])} leveren andere "
            "aanvragen samen meer kwaliteit en spreiding op dan een verdeling met deze aanvraag."
        )

    def what_would_do(self) -> Section | None:
        sentences = []
        if self.found["lowest_merit"] is not None:
            sentences.append(self._lowest_merit())
        elif self.proven and "decision" not in self.kinds:
            sentences.append(
                "Zelfs met 100 punten was deze aanvraag niet toegekend, als verder niets anders was."
            )
        if self.found["largest_amount"] is not None:
            sentences.append(self._largest_amount())
        elif self.proven and not {"decision", "threshold"} & set(self.kinds):
            sentences.append("Ook met een lager gevraagd bedrag was deze aanvraag niet toegekend.")
        return Section("Wat er nodig was geweest", tuple(sentences)) if sentences else None

    def _lowest_merit(self) -> str:
        needed = self.found["lowest_merit"]
        part = ", helemaal of voor een deel" if self.divisible else ""
        return (
            f"Met een score van {points(needed)} of hoger was deze aanvraag toegekend{part}, als al het andere "
            f"gelijk was gebleven. Dat is {points(needed - self.merit)} meer dan de {points(self.merit)} die zij "
            "kreeg."
        )

    def _largest_amount(self) -> str:
        most = self.found["largest_amount"]
        return (
            f"Met dezelfde score was deze aanvraag toegekend als er ten hoogste {whole(most)} was gevraagd, in "
            f"plaats van {whole(self.found['requested'])}."
        )

    def why_partly(self) -> Section:
        full = self.found["full_merit"]
        what = "Het geld was op. De rest van het bedrag leverde bij andere aanvragen meer op."
        if full is None:
            return Section(
                "Waarom niet alles", (what, "Ook met de hoogste score was het niet meer geworden.")
            )
        gap = points(full - self.merit)
        return Section(
            "Waarom niet alles",
            (what, f"Met {points(full)} of meer was het hele bedrag toegekend. Dat is {gap} hoger dan nu."),
        )

    def how_sure(self) -> Section | None:
        lowest, heading = self.found["lowest_merit"], "Hoeveel ruimte er was"
        if lowest is None and not self.proven:
            return None
        if self.application["decision"] == "in":
            return Section(
                heading, ("In dit scenario is vooraf vastgelegd dat deze aanvraag wordt toegekend.",)
            )
        if lowest is None or lowest >= self.merit:
            return Section(
                heading, (f"Met minder dan {points(self.merit)} was deze aanvraag niet toegekend.",)
            )
        border = (
            "Dat is de ondergrens van deze ronde."
            if lowest == self.problem["min_merit"]
            else "Met minder niet."
        )
        return Section(
            heading,
            (
                f"De score is {points(self.merit)}. Ook met {points(lowest)} was deze aanvraag toegekend, als al "
                f"het andere gelijk was gebleven: {points(self.merit - lowest)} lager. {border}",
            ),
        )

    def turned(self) -> Section | None:
        """What the best outcome looks like with this one the other way round."""
        refused = not self.found["amount"]
        heading = "Als zij toch was toegekend" if refused else "Als zij niet was toegekend"
        with_it = "met deze aanvraag" if refused else "zonder deze aanvraag"
        cost = self.found["cost"]
        if cost is None and (refused or not self.proven):
            return None  # said already in why_not, or not known
        if cost is None:
            return Section(heading, (f"Er is geen verdeling {with_it} die aan alle regels voldoet.",))
        if cost < 0:
            # Only possible when a rule, and not the value, decided about the application itself.
            rule = "De ondergrens" if "threshold" in self.kinds else "Wat vooraf is vastgelegd"
            first = f"De beste verdeling {with_it} zou {value(-cost)} meer waard zijn. {rule} gaat voor."
        elif cost == 0:
            first = f"Er is een verdeling {with_it} die precies even goed is. De regel bij gelijke stand gaf de doorslag."
        else:
            first = (
                f"De beste verdeling {with_it} is {value(self.objective - cost)} waard. Dat is {value(cost)} "
                f"minder dan de {value(self.objective)} van deze verdeling."
            )
        changes = self.found["changes"]
        if not changes:
            return Section(heading, (first, "Voor de andere aanvragen verandert er dan niets."))
        return Section(
            heading, (first, "Dit verandert er dan voor andere aanvragen:"), self._changes(changes)
        )

    def _changes(self, changes: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        def said(change: Mapping[str, Any]) -> str:
            name = upper(self.names.application(change["id"]))
            before, after = change["before"], change["after"]
            if not after:
                return f"{name} valt af ({whole(before)})."
            if not before:
                return f"{name} komt erbij ({whole(after)})."
            return f"{name} krijgt {'minder' if after < before else 'meer'}: {whole(after)} in plaats van {whole(before)}."

        def kind(change: Mapping[str, Any]) -> int:
            return 0 if not change["after"] else 2 if not change["before"] else 1

        return tuple(said(change) for change in sorted(changes, key=lambda c: (kind(c), c["id"])))

    def margin(self, sets: Mapping[str, Sequence[str]], which: str) -> Section | None:
        """How far from the best one may go before this application changes sides."""
        widest = [margin for margin in MARGIN_WORDS if self.found["id"] in sets.get(margin, ())]
        if not widest:
            return None
        return Section(
            "Hoe vast dit staat",
            (
                f"De aanvraag zit in {which} verdeling die ten hoogste {MARGIN_WORDS[widest[-1]]} minder waard is "
                "dan de beste.",
            ),
        )
