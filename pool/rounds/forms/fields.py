"""Fields that the forms about rounds share: numbers, points and moments as people in the Netherlands write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from wtforms import Form as PlainForm
from wtforms import IntegerField, StringField, TextAreaField, ValidationError
from wtforms.fields import TimeField as WTTimeField
from wtforms.validators import InputRequired

from pool.core.clock import at_local, to_local
from pool.core.errors import Invalid
from pool.core.forms import DateField, Form, Required, at_most, options
from pool.core.text import format_points

from ..rules import LIMITS

YES_NO = options([("ja", "Ja"), ("nee", "Nee")])
DAY_HINT = "Bijvoorbeeld 21-11-2026."
CLOCK_HINT = "Bijvoorbeeld 12:00."


class RowForm(PlainForm):
    """Base of a row in a list: its text is cleaned like that of every form."""

    class Meta:
        locales = ("nl_NL", "nl")
        bind_field = Form.Meta.bind_field


def line(label: str, name: str, *validators: Any, **more: Any) -> StringField:
    """A text on one line, no longer than its limit."""
    return StringField(label, validators=[*validators, at_most(LIMITS[name])], **more)


def area(label: str, name: str, *validators: Any, **more: Any) -> TextAreaField:
    """A text of several lines, no longer than its limit."""
    return TextAreaField(label, validators=[*validators, at_most(LIMITS[name])], **more)


class ClockField(WTTimeField):
    """A clock time in the Netherlands, typed as 12:00."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                super().process_formdata(valuelist)
            except ValueError as error:
                raise ValueError("Vul een tijd in als uren:minuten, bijvoorbeeld 12:00.") from error


class WholeField(IntegerField):
    """A whole number; nothing typed is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            text = valuelist[0].strip()
            if not (text.isascii() and text.isdigit() and len(text) < 10):
                raise ValueError("Vul een heel getal in.")
            self.data = int(text)


def parse_points(text: str) -> int:
    """Points as people write them ('17,5') in thousandths. Raises ValueError in Dutch."""
    whole, comma, decimals = text.strip().partition(",")
    parts = (whole, decimals) if comma else (whole,)
    if not all(part.isascii() and part.isdigit() for part in parts) or len(whole) > 3 or len(decimals) > 3:
        raise ValueError("Vul punten in met ten hoogste drie cijfers achter de komma, bijvoorbeeld 17,5.")
    return int(Decimal(f"{whole}.{decimals or '0'}") * 1000)


def write_points(thousandths: int) -> str:
    """Points as they return in a field: '17,5'."""
    return format_points(thousandths, full=True).rstrip("0").rstrip(",")


class PointsField(StringField):
    """Points, in thousandths; nothing typed is None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else write_points(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = parse_points(valuelist[0]) if valuelist and valuelist[0].strip() else None


def as_moment(day: dt.date | None, clock: dt.time | None) -> dt.datetime | None:
    """The moment of a day and a clock time in the Netherlands; ValidationError when that time does not exist."""
    if day is None or clock is None:
        return None
    try:
        return at_local(day, clock)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    except OverflowError as error:
        raise ValidationError("Vul een datum in die bestaat.") from error


def moment(form: Any, name: str) -> dt.datetime:
    """The moment of the pair of fields `<name>_on` and `<name>_time` of a form that validated."""
    found = as_moment(form[f"{name}_on"].data, form[f"{name}_time"].data)
    if found is None:
        raise Invalid("moment", "Vul een datum en een tijd in.", f"{name}_on")
    return found


def moment_values(name: str, value: dt.datetime | None) -> dict[str, Any]:
    local = to_local(value) if value else None
    return {
        f"{name}_on": local.date() if local else None,
        f"{name}_time": local.time().replace(tzinfo=None) if local else None,
    }


class PeriodForm(Form):
    """When a round opens and closes, in Dutch time."""

    opens_on = DateField(
        "Opent op", validators=[Required("Vul in op welke dag de ronde opent.")], description=DAY_HINT
    )
    opens_time = ClockField(
        "Tijd van opening",
        validators=[InputRequired("Vul in hoe laat de ronde opent.")],
        description=CLOCK_HINT,
    )
    closes_on = DateField(
        "Sluit op", validators=[Required("Vul in op welke dag de ronde sluit.")], description=DAY_HINT
    )
    closes_time = ClockField(
        "Tijd van sluiting",
        validators=[InputRequired("Vul in hoe laat de ronde sluit.")],
        description="Wat precies op dit moment binnenkomt, is op tijd. Alles daarna is te laat.",
    )

    def validate_opens_time(self, field: ClockField) -> None:
        as_moment(self.opens_on.data, field.data)

    def validate_closes_time(self, field: ClockField) -> None:
        as_moment(self.closes_on.data, field.data)
