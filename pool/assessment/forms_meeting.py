"""Forms of panel meetings and deputies."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from pool.applications.models import Application
from pool.core.clock import at_local, to_local
from pool.core.forms import DateField, Form, Optional, Required, at_most, options
from pool.people.models import User

from .forms import PointsField, reason_field
from .inputs import Conclusion, MeetingInput
from .models_meeting import Meeting

_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


class MeetingForm(Form):
    """When and where the committee meets."""

    day = DateField("Datum", validators=[Required("Kies een datum.")])
    clock = StringField("Begintijd", validators=[Required("Vul een begintijd in.")])
    place = StringField(
        "Plaats", validators=[Required("Vul in waar de commissie bij elkaar komt."), at_most(200)]
    )
    show_names = BooleanField("Laat op het scherm de namen van beoordelaars zien")
    version = HiddenField()

    def validate_clock(self, field: StringField) -> None:
        match = _TIME.fullmatch((field.data or "").strip())
        if match is None:
            raise ValidationError("Vul de tijd in als uren en minuten, bijvoorbeeld 09:30.")
        if self.day.data is not None:
            try:
                at_local(self.day.data, dt.time(int(match[1]), int(match[2])))
            except ValueError as error:
                raise ValidationError(str(error)) from error

    def to_input(self) -> MeetingInput:
        match = _TIME.fullmatch((self.clock.data or "").strip())
        if match is None or self.day.data is None:
            raise ValueError("validate first")
        starts_at = at_local(self.day.data, dt.time(int(match[1]), int(match[2])))
        return MeetingInput(starts_at, self.place.data or "", bool(self.show_names.data))

    @staticmethod
    def values(meeting: Meeting) -> dict[str, object]:
        """What the form shows of a meeting that is planned."""
        local = to_local(meeting.starts_at)
        return {
            "day": local.date(),
            "clock": f"{local:%H:%M}",
            "place": meeting.place,
            "show_names": meeting.show_names,
            "version": str(meeting.version),
        }


class PresenceForm(Form):
    """Who is there."""

    present = SelectMultipleField("Wie zijn er?", coerce=int, validate_choice=False)

    def offer(self, members: Sequence[User]) -> None:
        self.present.choices = options((str(user.id), user.name) for user in members)


class AddItemForm(Form):
    """Put an application on the agenda."""

    application_id = SelectField("Aanvraag", coerce=int)

    def offer(self, found: Sequence[Application]) -> None:
        self.application_id.choices = options((str(a.id), f"{a.reference} – {a.title}") for a in found)


class CloseForm(Form):
    """End the meeting."""

    rest = TextAreaField("Waarom wordt de rest uitgesteld?", validators=[Optional(), at_most(2000)])


class ItemForm(Form):
    """What the committee decides about one item. The service says what is missing, per button."""

    agreed = PointsField("Afgesproken score", validators=[Optional()])
    reason = TextAreaField("Waarom?", validators=[Optional(), at_most(2000)])
    notes = TextAreaField("Notities van de bespreking", validators=[Optional(), at_most(10_000)])
    revision = HiddenField()

    def seen(self) -> int:
        """The revision that was looked at; one that none has when it was tampered with."""
        given = self.revision.data or ""
        return int(given) if given.isdecimal() and len(given) < 10 else -1

    def to_input(self, *, keep: bool) -> Conclusion:
        agreed = None if keep else -1 if self.agreed.data is None else self.agreed.data
        return Conclusion(agreed, self.reason.data or "", self.notes.data or "", self.seen())


class DeputyForm(Form):
    """Appoint a deputy of the chair."""

    user_id = SelectField("Beoordelaar", coerce=int)
    reason = reason_field("Reden")

    def offer(self, assessors: Sequence[User]) -> None:
        self.user_id.choices = options((str(user.id), user.name) for user in assessors)
