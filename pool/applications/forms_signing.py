"""Forms about signing: ask a colleague, sign, give back."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, TextAreaField

from pool.core.forms import Form, Optional, Required, at_most

from .forms import SectionForm
from .rules import LIMITS


class AskSignForm(SectionForm):
    note = TextAreaField(
        "Bericht aan uw collega",
        validators=[Optional(), at_most(LIMITS["note"])],
        description="Alleen uw collega's lezen dit.",
    )


class SignForm(Form):
    """sha256: of the text on the page."""

    sha256 = HiddenField()
    declared = BooleanField(
        "Ik verklaar dat deze aanvraag klopt en dat ik namens de gemeente mag ondertekenen.",
        validators=[
            Required("Zet een vinkje bij de verklaring. Zonder verklaring kunt u niet ondertekenen.")
        ],
    )


class GiveBackForm(Form):
    answer = TextAreaField(
        "Wat moet er anders?",
        validators=[Required("Schrijf op wat er anders moet."), at_most(LIMITS["note"])],
        description="Uw collega krijgt dit te lezen. De aanvraag wordt dan niet ingediend.",
    )
