"""Forms about partners: ask one to confirm, and answer."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, TextAreaField

from pool.core.forms import Form, Optional, Required, at_most, options

from .rules import LIMITS
from .service import Answer


class AskForm(Form):
    email = StringField(
        "E-mailadres van iemand bij deze partner",
        validators=[at_most(LIMITS["email"])],
        description="Deze partner heeft hier geen account. We sturen een link waarmee iemand één keer kan antwoorden.",
    )


class AnswerForm(Form):
    """sha256: of the text on the page. name: asked only of somebody without an account."""

    sha256 = HiddenField()
    choice = RadioField(
        "Klopt dit?",
        choices=options([("yes", "Ja, zo doen wij mee"), ("no", "Nee, dit klopt niet")]),
        validators=[Required("Kies of dit klopt.")],
    )
    name = StringField(
        "Uw naam en functie",
        validators=[Required("Vul uw naam en functie in."), at_most(LIMITS["name"])],
        description="De gemeente, het programmateam en de beoordelaars zien wie heeft geantwoord.",
    )
    note = TextAreaField(
        "Toelichting",
        validators=[Optional(), at_most(LIMITS["note"])],
        description="Nodig als het niet klopt: wat moet anders?",
    )

    def to_input(self) -> Answer:
        return Answer(
            confirmed=self.choice.data == "yes",
            sha256=self.sha256.data or "",
            note=self.note.data or "",
            name=(self.name.data or "") if "name" in self else "",
        )
