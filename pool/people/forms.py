"""Forms about people."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, PasswordField, SelectField, SelectMultipleField, StringField

from pool.core.forms import DateField, Form, Required, at_most, options
from pool.regions.models import Theme

from .inputs import EmployerInput


class SignInForm(Form):
    email = StringField("E-mailadres", validators=[Required("Vul uw e-mailadres in.")])
    password = PasswordField("Wachtwoord", validators=[Required("Vul uw wachtwoord in.")])
    next = HiddenField()


class NameSignatoryForm(Form):
    user = SelectField("Collega")


class EndSignatoryForm(Form):
    """Nothing to fill in; the button ends it."""


class EmployerForm(Form):
    employer = StringField("Organisatie", validators=[Required("Vul de organisatie in."), at_most(200)])
    until = DateField("Laatste werkdag", validators=[Required("Vul de laatste werkdag in.")])

    def to_input(self) -> EmployerInput:
        return EmployerInput(self.employer.data, self.until.data)


class ExpertiseForm(Form):
    themes = SelectMultipleField("Thema's", coerce=int)

    def offer(self, themes: Iterable[Theme]) -> None:
        self.themes.choices = options((str(theme.id), theme.name) for theme in themes)
