"""The form in which somebody chooses what is mailed and how often: a question per kind of message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField, TextAreaField

from pool.core.delivery import Delivery, MailKind, default_of
from pool.core.forms import Form, Required, at_most, options
from pool.core.undelivered import Fallback

NOTE_LENGTH = 1000
"""Characters in which somebody says what was done."""


class FallbackForm(Form):
    how = RadioField(
        "Hoe is de ontvanger bereikt?",
        choices=options(Fallback.choices()),
        validators=[Required("Kies hoe de ontvanger is bereikt.")],
    )
    note = TextAreaField(
        "Toelichting",
        validators=[Required("Schrijf op wat u deed."), at_most(NOTE_LENGTH)],
        description="Bijvoorbeeld: aangetekend verstuurd op 3 mei, aan het postadres van de gemeente.",
    )

    def to_input(self) -> Fallback:
        return Fallback(self.how.data)


class ChoicesForm(Form):
    """`choices_form` adds a field per kind."""

    kinds: tuple[MailKind, ...] = ()

    @property
    def fields(self) -> list[Any]:
        return [self[kind.value] for kind in self.kinds]

    def to_input(self) -> dict[MailKind, Delivery]:
        return {kind: Delivery(self[kind.value].data) for kind in self.kinds}


def choices_form(kinds: Sequence[MailKind], chosen: Mapping[MailKind, Delivery]) -> ChoicesForm:
    """The form for these kinds, filled with what holds now."""
    fields: dict[str, Any] = {
        kind.value: RadioField(
            kind.label,
            choices=options(Delivery.choices()),
            validators=[Required("Kies hoe u dit wilt ontvangen.")],
            default=chosen.get(kind, default_of(kind)).value,
        )
        for kind in kinds
    }
    form = type("KindChoicesForm", (ChoicesForm,), {**fields, "kinds": tuple(kinds)})
    filled: ChoicesForm = form()
    return filled
