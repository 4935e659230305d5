"""Forms about projects."""

from __future__ import annotations

from typing import Any, Self

from wtforms import HiddenField, RadioField, TextAreaField

from pool.core.forms import Form, Optional, Required, at_most, options

from .inputs import TEXTS, EndInput, ReportInput, ViewInput
from .periods import Period, Year
from .rules import LIMITS, labels
from .states import Embedding, Standing


def _text(hint: str) -> TextAreaField:
    return TextAreaField(validators=[at_most(LIMITS["report"])], description=hint)


class _Versioned(Form):
    """A form about something that another person may change meanwhile."""

    version = HiddenField()

    @property
    def revision(self) -> int:
        """The version on which the person began to write; 0 when there was none or it is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def take_revision(self, version: int) -> Self:
        self.version.data = str(version)
        return self


class ReportForm(_Versioned):
    """A progress report. A draft may be empty everywhere; what handing in needs, the service says."""

    standing = RadioField(choices=options(Standing.choices()), validators=[Optional()])
    achieved = _text(
        "Wat is er gelukt sinds uw vorige rapportage of het begin, en wat merken gezinnen daarvan?",
    )
    under_way = _text("Waar wordt nu aan gewerkt? Wat loopt anders dan in het plan?")
    next_steps = _text("Noem de belangrijkste stappen.")
    lessons = _text("Wat werkte, wat werkte niet, en waarom? Is er iets wat anderen kunnen gebruiken?")
    embedding = _text("Wie neemt het werk over, en is daar geld en ruimte voor?")

    def ask_about(self, covered: Period | Year) -> Self:
        """Put the questions for a report about a half-year or a year."""
        for name, label in labels(covered).items():
            self[name].label.text = label
        return self

    @classmethod
    def values(cls, given: ReportInput) -> dict[str, Any]:
        texts = {name: getattr(given, name) for name in TEXTS}
        return {**texts, "standing": given.standing.value if given.standing else None}

    def to_input(self) -> ReportInput:
        chosen = self.standing.data
        texts = {name: self[name].data or "" for name in TEXTS}
        return ReportInput(Standing(chosen) if chosen else None, **texts)


class ViewForm(_Versioned):
    standing = RadioField(
        "Hoe ziet de regio de voortgang?",
        choices=options(Standing.choices()),
        validators=[Required("Kies hoe de regio de voortgang ziet.")],
    )
    text = TextAreaField(
        "Toelichting van de regio",
        validators=[Required("Schrijf op hoe de regio de voortgang ziet."), at_most(LIMITS["view"])],
        description="Wat valt op? Wat kan een andere regio gebruiken? Is er hulp nodig?",
    )

    def to_input(self) -> ViewInput:
        return ViewInput(Standing(self.standing.data), self.text.data or "")


def _learned() -> TextAreaField:
    return TextAreaField(
        "Wat kunnen anderen hiervan leren?",
        validators=[Required("Vul in wat anderen hiervan kunnen leren."), at_most(LIMITS["end"])],
    )


class EndForm(Form):
    """The end of a project; each way to end asks for a reason and for what was learned."""

    def to_input(self) -> EndInput:
        chosen = self["embedded"].data if "embedded" in self else None
        return EndInput(
            self["reason"].data or "", self["learned"].data or "", Embedding(chosen) if chosen else None
        )


class FinishForm(EndForm):
    reason = TextAreaField(
        "Wat heeft het project opgeleverd?",
        validators=[Required("Vul in wat het project heeft opgeleverd."), at_most(LIMITS["end"])],
        description="Wat is er veranderd voor gezinnen en voor wie met hen werkt?",
    )
    learned = _learned()
    embedded = RadioField(
        "Hoe gaat het resultaat verder?",
        choices=options(Embedding.choices()),
        validators=[Required("Kies hoe het resultaat verdergaat.")],
    )


class StopForm(EndForm):
    reason = TextAreaField(
        "Waarom stopt het project?",
        validators=[Required("Vul in waarom het project stopt."), at_most(LIMITS["end"])],
        description="Ook stoppen is een uitkomst. Vertel eerlijk wat er gebeurde.",
    )
    learned = _learned()
