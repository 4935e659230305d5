"""Forms about an intended refusal: the view of the municipality, and what the programme team then does."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField

from pool.core.forms import Form, Optional, Required, at_most, options

from .inputs import HearingInput
from .rules import LIMITS

_VIEW, _NONE = "view", "none"


class ViewOnIntentionForm(Form):
    has_view = RadioField(
        "Wilt u reageren op ons voornemen?",
        choices=options([(_VIEW, "Ja, ik geef een zienswijze"), (_NONE, "Nee, ik geef geen zienswijze")]),
        validators=[Required("Kies of u een zienswijze geeft.")],
    )
    text = TextAreaField(
        "Uw zienswijze",
        validators=[Optional(), at_most(LIMITS["view"])],
        description="Waarom bent u het er niet mee eens? Noem ook feiten die wij missen, en wat uw bijlagen laten zien.",
    )

    def to_input(self) -> HearingInput:
        return HearingInput(self.has_view.data == _VIEW, self.text.data or "")


class RefuseForm(Form):
    weighing = TextAreaField(
        "Hoe hebt u de zienswijze gewogen?",
        validators=[Optional(), at_most(LIMITS["reason"])],
        description="Ga in op elk argument. De gemeente krijgt dit te lezen.",
    )
    reason = TextAreaField(
        "Reden van het besluit",
        validators=[Required("Geef de reden. De gemeente krijgt die te lezen."), at_most(LIMITS["reason"])],
        description="Hier staat de reden van uw voornemen. Pas die aan als dat nodig is.",
    )


class DropForm(Form):
    """Beside the other form on one page, so its field has a name of its own."""

    why = TextAreaField(
        "Waarom trekt u het voornemen in?",
        validators=[Required("Geef de reden. De gemeente krijgt die te lezen."), at_most(LIMITS["reason"])],
        description="De gemeente krijgt dit te lezen.",
    )
