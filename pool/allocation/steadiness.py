"""How firm an outcome is, for a page: draws of the merits counted, and how close other outcomes come.

The counts are of the study `steadiness`, the sets of `explanations`; words and order are made here. A share tells
how sure the scores are. It is not a chance of an award, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pool.core.text import format_count, format_percent, format_points

from .results import Line, Result
from .telling import MARGIN_WORDS, Section
from .wording import Names

NAMED = 3
"""Others that one explanation names at most."""


@dataclass(frozen=True)
class Steady:
    """One application in the draws. awarded of `draws`; whole: of those, with the whole amount; spread: how far its
    merit varies, thousandths."""

    id: str
    awarded: int
    whole: int
    spread: int
    draws: int

    @property
    def sentence(self) -> str:
        """'In 83 van de 100 doorrekeningen toegekend.'"""
        if self.awarded == self.draws:
            return f"In alle {format_count(self.draws)} doorrekeningen toegekend."
        if not self.awarded:
            return f"In geen van de {format_count(self.draws)} doorrekeningen toegekend."
        return f"In {format_count(self.awarded)} van de {format_count(self.draws)} doorrekeningen toegekend."

    @property
    def share(self) -> str:
        return format_percent(self.awarded, self.draws, decimals=1)

    @property
    def changes(self) -> bool:
        """Whether it is awarded in some draws and not in others."""
        return 0 < self.awarded < self.draws


@dataclass(frozen=True)
class Trade:
    """In so many draws `out` was not awarded and `into` was, the other way round than in the outcome."""

    out: str
    into: str
    draws: int


@dataclass(frozen=True)
class Steadiness:
    """The draws of one scenario, counted. agreed: applications whose merit the committee agreed."""

    draws: int
    seed: int
    unproven: int
    infeasible: int
    agreed: int
    converged: bool
    hashes: tuple[tuple[str, str], ...]
    applications: Mapping[str, Steady]
    trades: tuple[Trade, ...]

    @classmethod
    def of(cls, study: Mapping[str, Any] | None) -> Steadiness | None:
        """From the stored study; None while it is not there, or when the scores left nothing to compare."""
        if study is None or "silent" in study:
            return None
        draws = study["draws"]
        return cls(
            draws=draws,
            seed=study["seed"],
            unproven=study["unproven"],
            infeasible=study["infeasible"],
            agreed=study["agreed"],
            converged=study["converged"],
            hashes=(
                ("vraag", study["problem_sha256"]),
                ("vastgestelde scores", study["merits_sha256"]),
                ("scores in de doorrekeningen", study["draws_sha256"]),
            ),
            applications={
                one["id"]: Steady(one["id"], one["awarded"], one["whole"], one["spread"], draws)
                for one in study["applications"]
            },
            trades=tuple(Trade(one["out"], one["into"], one["draws"]) for one in study["trades"]),
        )

    def changing(self, result: Result) -> list[tuple[Line, Steady]]:
        """Applications awarded in some draws and not in others, by how often; then by quality."""
        found = [(line, self.applications[line.id]) for line in result.lines]
        return sorted((pair for pair in found if pair[1].changes), key=lambda pair: -pair[1].awarded)

    def always(self, result: Result) -> list[Line]:
        return [line for line in result.lines if self.applications[line.id].awarded == self.draws]

    def never(self, result: Result) -> list[Line]:
        return [line for line in result.lines if not self.applications[line.id].awarded]

    def section(self, ident: str, names: Names) -> Section:
        """One application, for its explanation to the committee."""
        one = self.applications[ident]
        sentences = [
            one.sentence,
            f"In een doorrekening zijn de scores een beetje anders. Die van deze aanvraag wijkt meestal niet meer dan "
            f"{format_points(one.spread)} punten af.",
            "Zo ziet u hoe zeker de scores zijn. Het is geen besluit en geen kans op toekenning.",
        ]
        trades = [trade for trade in self.trades if ident in (trade.out, trade.into)][:NAMED]
        if not trades:
            return Section("Als de scores iets anders waren", tuple(sentences))
        leaves = trades[0].out == ident
        sentences.append(
            "Als zij afviel, kwam dit er het vaakst bij:"
            if leaves
            else "Als zij erbij kwam, viel dit het vaakst af:"
        )
        return Section(
            "Als de scores iets anders waren",
            tuple(sentences),
            tuple(
                f"{names.application(trade.into if leaves else trade.out)}, in {format_count(trade.draws)} doorrekeningen"
                for trade in trades
            ),
        )


@dataclass(frozen=True)
class Margin:
    """Who is in every and who in no outcome worth at most so much less than the best."""

    within: str
    always: tuple[Line, ...]
    never: tuple[Line, ...]
    open: tuple[Line, ...]


def margins(result: Result, explanations: Mapping[str, Any] | None) -> list[Margin]:
    """By margin, from narrow to wide; empty while there are no explanations.

    What is kept out by the minimum score, or fixed beforehand, does not change sides: an outcome that would be worth
    as much is not allowed then.
    """
    if not explanations or "always" not in explanations:
        return []
    kept_out = {
        line.id for line in result.lines if not line.amount and (line.too_low or line.decision == "out")
    }
    forced_in = {line.id for line in result.lines if line.amount and line.decision == "in"}
    found = []
    for margin, words in MARGIN_WORDS.items():
        if margin not in explanations["always"]:
            continue
        every = set(explanations["always"][margin]) | forced_in
        no = set(explanations["never"][margin]) | kept_out
        found.append(
            Margin(
                words,
                tuple(line for line in result.lines if line.id in every),
                tuple(line for line in result.lines if line.id in no),
                tuple(line for line in result.lines if line.id not in every | no),
            )
        )
    return found
