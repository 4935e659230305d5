"""Forms of the programme team and of the regions: the completeness check, more time, and the regional view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, TextAreaField

from pool.core.forms import DateField, Form, Optional, Required, at_most, options
from pool.rounds.inputs import RoundRules

from . import rules
from .inputs import CheckedPoint, CheckInput
from .rules import LIMITS
from .states import CHECK_OUTCOMES, Completeness


class ViewForm(Form):
    text = TextAreaField(
        "Uw zienswijze",
        validators=[Required("Schrijf uw zienswijze op."), at_most(LIMITS["view"])],
        description=(
            "Steunt de regio het project? Past het bij de regiovisie en haar prioriteiten? "
            "Is er overlap met iets wat er al is?"
        ),
    )


class ReconsiderForm(Form):
    reason = TextAreaField(
        "Waarom toetst u opnieuw?",
        validators=[Required("Geef de reden. De gemeente krijgt die te lezen."), at_most(LIMITS["reason"])],
    )


class ExtendForm(Form):
    supplement_by = DateField("Nieuwe laatste dag", validators=[Required("Kies een datum.")])
    reason = TextAreaField(
        "Waarom geeft u langer de tijd?",
        validators=[Required("Geef de reden van het uitstel."), at_most(LIMITS["reason"])],
    )


class CheckForm(Form):
    """The completeness check; `check_form` adds two fields per point of the round."""

    outcome = RadioField(
        "Uitkomst",
        choices=options((outcome.value, outcome.label) for outcome in CHECK_OUTCOMES),
        validators=[Required("Kies een uitkomst.")],
    )
    supplement_by = DateField("Aanvullen tot en met", validators=[Optional()])
    hearing_by = DateField("Zienswijze tot en met", validators=[Optional()])
    reason = TextAreaField(
        "Reden",
        validators=[Optional(), at_most(LIMITS["reason"])],
        description="Nodig als u niet behandelt, of dat van plan bent. De gemeente krijgt deze reden te lezen.",
    )
    codes: tuple[str, ...] = ()

    def offer(self, outcomes: Iterable[Completeness]) -> None:
        """Show these outcomes only; `service.check` refuses the others all the same."""
        self.outcome.choices = options((outcome.value, outcome.label) for outcome in outcomes)

    @property
    def points(self) -> list[tuple[Any, Any]]:
        """Per point its two fields: in order or not, and what is missing."""
        return [(self[f"ok_{code}"], self[f"note_{code}"]) for code in self.codes]

    def to_input(self) -> CheckInput:
        outcome = Completeness(self.outcome.data)
        return CheckInput(
            outcome=outcome,
            points=tuple(
                CheckedPoint(code, self[f"ok_{code}"].data == "yes", self[f"note_{code}"].data or "")
                for code in self.codes
            ),
            reason=self.reason.data or "",
            supplement_by=self.supplement_by.data if outcome == Completeness.SUPPLEMENT else None,
            hearing_by=self.hearing_by.data if outcome == Completeness.INTENDED else None,
        )


def check_form(round_rules: RoundRules) -> type[CheckForm]:
    """The form with the points of this round."""
    fields: dict[str, Any] = {}
    for point in rules.check_points(round_rules):
        fields[f"ok_{point.code}"] = RadioField(
            point.label,
            choices=options([("yes", "in orde"), ("no", "niet in orde")]),
            validators=[Required("Geef aan of dit punt in orde is.")],
        )
        fields[f"note_{point.code}"] = TextAreaField(
            "Wat moet de gemeente aanvullen?", validators=[Optional(), at_most(LIMITS["note"])]
        )
    codes = tuple(point.code for point in rules.check_points(round_rules))
    return type("RoundCheckForm", (CheckForm,), {**fields, "codes": codes})
