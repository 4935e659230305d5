"""The form of a scenario."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import FieldList, FormField, IntegerField, RadioField, SelectField, StringField
from wtforms import Form as PlainForm

from pool.applications.models import Application
from pool.core.forms import Form, MoneyField, Optional, Required, at_most, options

from .inputs import Changes, Forced
from .states import AllocationRule, Decision

MAX_FORCED = 50


class ForcedForm(PlainForm):
    """One application that is fixed beforehand; a row without an application is empty."""

    application_id = SelectField("Aanvraag", validate_choice=False)
    decision = SelectField("Wat leggen we vast?", choices=options(Decision.choices()), validate_choice=False)
    reason = StringField("Reden", validators=[at_most(500)])


class ScenarioForm(Form):
    name = StringField("Naam", validators=[Required("Geef het scenario een naam."), at_most(80)])
    rule = RadioField(
        "Hoe wordt verdeeld?",
        choices=options(AllocationRule.choices()),
        default=AllocationRule.OPTIMAL.value,
        validators=[Required("Kies hoe wordt verdeeld.")],
    )
    ceiling = MoneyField("Ander plafond", validators=[Optional()])
    spread_percent = IntegerField(
        "Gewicht van de spreiding, in procenten van het gepubliceerde gewicht",
        validators=[Optional()],
        default=100,
    )
    forced = FieldList(FormField(ForcedForm), "Vooraf vastleggen", min_entries=1, max_entries=MAX_FORCED)

    def offer(self, applications: Sequence[Application]) -> None:
        """Let each row choose from these applications."""
        listed = [("", "geen"), *((str(a.id), f"{a.reference} – {a.title}") for a in applications)]
        for row in self.forced:
            row.form.application_id.choices = options(listed)

    def to_rule(self) -> AllocationRule:
        return AllocationRule(self.rule.data)

    def to_changes(self) -> Changes:
        rows = [row.form for row in self.forced if row.form.application_id.data]
        percent = self.spread_percent.data
        return Changes(
            ceiling=self.ceiling.data,
            spread_percent=100 if percent is None else percent,
            forced=tuple(
                Forced(_number(row.application_id.data), _decision(row.decision.data), row.reason.data or "")
                for row in rows
            ),
        )


def _number(text: str) -> int:
    """The key that was chosen; 0, which is nobody's, for something else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _decision(text: str | None) -> Decision:
    return Decision.IN if text == Decision.IN.value else Decision.OUT
