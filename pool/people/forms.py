"""Forms about people."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, SelectField, StringField

from pool.core.forms import Form, Required


class SignInForm(Form):
    email = StringField("E-mailadres", validators=[Required("Vul uw e-mailadres in.")])
    password = PasswordField("Wachtwoord", validators=[Required("Vul uw wachtwoord in.")])
    next = HiddenField()


class NameSignatoryForm(Form):
    user = SelectField("Collega")


class EndSignatoryForm(Form):
    """Nothing to fill in; the button ends it."""
