"""The form for a message about an application: as the municipality sees it, and as the programme team does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import HiddenField, RadioField, TextAreaField

from pool.core.forms import DateField, Form, Optional, Required, at_most, options
from pool.core.text import format_date

from .messages import Message
from .rules import MESSAGE_LENGTH

NOTHING = ""
_SHOWN = 60


def _question(message: Message, prefix: str) -> tuple[str, str]:
    start = " ".join(message.text.split())
    start = start if len(start) <= _SHOWN else f"{start[:_SHOWN].rstrip()}…"
    return str(message.id), f"{prefix} van {format_date(message.written_at)}: ‘{start}’"


class MessageForm(Form):
    """seen: the newest message on the page when the writer began. answers: the question it answers, if any."""

    seen = HiddenField()
    text = TextAreaField(
        "Uw bericht", validators=[Required("Schrijf uw bericht op."), at_most(MESSAGE_LENGTH)]
    )
    answers = RadioField("Waarover schrijft u?", validators=[Optional()], validate_choice=False)

    def offer(self, questions: Sequence[Message]) -> Self:
        """Let the writer say which open question this answers; the most urgent one unless said otherwise."""
        if not questions:
            del self.answers
            return self
        self.answers.choices = options(
            [*(_question(q, "Ik beantwoord de vraag") for q in questions), (NOTHING, "Over iets anders")]
        )
        if self.answers.data is None:
            self.answers.data = str(questions[0].id)
        return self

    @property
    def seen_id(self) -> int:
        return _number(self.seen.data)


class ProgrammeMessageForm(MessageForm):
    answer_by = DateField(
        "Antwoord nodig uiterlijk op",
        validators=[Optional()],
        description="Vul een dag in als u een antwoord nodig hebt. De vraag blijft op de werklijst tot er een "
        "antwoord is. De beslistermijn loopt door: vraagt u om een aanvulling (artikel 4:5 Awb), doe dat dan bij de "
        "volledigheidstoets.",
    )

    def offer(self, questions: Sequence[Message]) -> Self:
        """Let the programme team close an open question that needs no answer any more; nothing by itself."""
        if not questions:
            del self.answers
            return self
        self.answers.label.text = "Kunt u een vraag afsluiten?"
        self.answers.choices = options(
            [(NOTHING, "Nee"), *(_question(q, "Ja, sluit de vraag af") for q in questions)]
        )
        if self.answers.data is None:
            self.answers.data = NOTHING
        return self


def _number(text: Any) -> int:
    """A number that came in, or 0."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
