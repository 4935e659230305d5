"""Forms: the base, fields for money and dates in Dutch, and how a refusal becomes a field error."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.fields import DateField as WTDateField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from . import text
from .access import ONCE_FIELD
from .db import db
from .errors import InvalidMany, PoolError, from_integrity
from .money import format_amount, parse_euros


def _clean(value: Any) -> Any:
    return text.clean(value) if isinstance(value, str) else value


class Form(FlaskForm):
    """Base of every form: Dutch messages, clean text, CSRF, and a key that makes sending twice harmless."""

    class Meta(FlaskForm.Meta):
        locales = ["nl_NL", "nl"]

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            if unbound_field.field_class in (StringField, TextAreaField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                unbound_field.kwargs["filters"] = [_clean, *[f for f in filters if f is not _clean]]
            return unbound_field.bind(form=form, **options)

    once = HiddenField(default=lambda: uuid.uuid4().hex)

    def refuse(self, error: PoolError) -> None:
        """Put a refusal beside its field, or at the top of the form when it has none."""
        for problem in error.problems if isinstance(error, InvalidMany) else [error]:
            field = self._fields.get(problem.field) if problem.field else None
            if field is None:
                self.form_errors.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]


assert ONCE_FIELD in dir(Form)


class Attempt:
    """Whether an attempted command was carried out."""

    def __init__(self) -> None:
        self.done = False
        self.error: PoolError | None = None

    def __bool__(self) -> bool:
        return self.done


@contextmanager
def attempt(form: Form) -> Iterator[Attempt]:
    """Run a service call; a refusal is rolled back and shown on the form, so nothing typed is lost.

    Usage: `with attempt(form) as done: service.verb(...)`, then `if done: return redirect(...)`.
    """
    result = Attempt()
    try:
        yield result
        db.session.flush()
        result.done = True
    except PoolError as error:
        db.session.rollback()
        result.error = error
    except IntegrityError as error:
        db.session.rollback()
        result.error = from_integrity(error)
    except StaleDataError:
        db.session.rollback()
        result.error = PoolError(
            "stale", "Iemand anders heeft dit net gewijzigd. Bekijk eerst de nieuwe gegevens."
        )
    if result.error is not None:
        form.refuse(result.error)


class MoneyField(StringField):
    """An amount in euros as people write it (`1.234,50`); data is integer cents or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format_amount(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = parse_euros(valuelist[0])
            except ValueError as error:
                raise ValueError(str(error)) from error


class DateField(WTDateField):
    """A date, typed as 21-11-2026 or picked (2026-11-21)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, format=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Vul een datum in als dag-maand-jaar, bijvoorbeeld 21-11-2026.") from error


class Required(InputRequired):
    """Must be filled in; whitespace alone does not count."""

    def __init__(self, message: str) -> None:
        super().__init__(message)

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise ValidationError(self.message)


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Pairs of value and label, such as `SomeState.choices()`, as the options of a select or radio field."""
    return [SelectChoice(value, label) for value, label in pairs]


def at_most(characters: int) -> Length:
    """Validator: no more than this many characters."""
    return Length(max=characters, message=f"Gebruik niet meer dan {characters} tekens.")


__all__ = [
    "Attempt",
    "DateField",
    "Form",
    "MoneyField",
    "Optional",
    "Required",
    "at_most",
    "attempt",
    "options",
]
