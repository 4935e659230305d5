"""Forms of the advice and the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired

from pool.allocation.models import Scenario
from pool.core.forms import Form, MoneyField, Optional, Required, at_most, options

from .inputs import ProposalInput
from .models import Proposal
from .rules import LIMITS
from .states import Ground


class BeginForm(Form):
    """From which scenario the advice begins."""

    scenario_id = RadioField("Met welke verdeling begint het advies?", coerce=int)

    def offer(self, scenarios: Sequence[Scenario], chosen: Scenario | None) -> BeginForm:
        self.scenario_id.choices = options([(str(s.id), s.name) for s in scenarios])
        if not self.is_submitted() and chosen is not None:
            self.scenario_id.data = chosen.id
        return self


class LineForm(Form):
    amount = MoneyField(
        "Bedrag in het advies", validators=[InputRequired("Vul een bedrag in; nul is niets.")]
    )
    reason = TextAreaField(
        "Waarom wijkt de commissie af?", validators=[Optional(), at_most(LIMITS["line_reason"])]
    )


class GiveForm(Form):
    note = TextAreaField("Toelichting van de commissie", validators=[Optional(), at_most(LIMITS["note"])])


class ReasonForm(Form):
    """A step that needs nothing but a reason."""

    reason = TextAreaField("Reden", validators=[Required("Geef de reden."), at_most(LIMITS["reason"])])


class ConfirmForm(Form):
    """A step that needs no words."""


class ProposalForm(Form):
    ground = RadioField(
        "Grond", choices=options(Ground.choices()), validators=[Optional()], validate_choice=False
    )
    reason = TextAreaField(
        "Motivering", validators=[Required("Schrijf waarom dit het besluit is."), at_most(LIMITS["reason"])]
    )
    version = HiddenField()

    @classmethod
    def values(cls, proposal: Proposal) -> dict[str, Any]:
        """What the form begins with."""
        ground = proposal.ground.value if proposal.ground else None
        return {"ground": ground, "reason": proposal.reason, "version": proposal.version}

    def to_input(self) -> ProposalInput:
        ground = {g.value: g for g in Ground}.get(self.ground.data or "")
        version = str(self.version.data or "")
        return ProposalInput(self.reason.data or "", ground, int(version) if version.isdecimal() else 0)


class DecideForm(Form):
    """Which prepared decisions are taken. A choice is `key.version`, so that what was seen is what is decided."""

    chosen = SelectMultipleField("Besluiten", validate_choice=False)

    def to_choice(self) -> dict[int, int]:
        """Key to version of what was ticked."""
        parts = (value.partition(".") for value in self.chosen.data or [])
        return {
            int(key): int(version) for key, _, version in parts if key.isdecimal() and version.isdecimal()
        }
