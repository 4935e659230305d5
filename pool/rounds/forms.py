"""Forms about rounds."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired

from pool.core.forms import Form, MoneyField, Required, at_most


class CeilingForm(Form):
    ceiling = MoneyField("Nieuw plafond", validators=[InputRequired("Vul het nieuwe plafond in.")])
    reason = TextAreaField(
        "Reden van de wijziging", validators=[Required("Geef de reden van de wijziging."), at_most(2000)]
    )


class MoveForm(Form):
    """Nothing to fill in: one step further."""
