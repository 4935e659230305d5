"""The form with which an assessor puts own equal totals in order."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, SelectField

from pool.core.forms import Form, options

from .queries import OwnScores


class TiesFormBase(Form):
    """A place for each application with an equal total; `ties_form` adds the fields."""

    applications: tuple[int, ...] = ()
    sha256 = HiddenField()

    def to_places(self) -> dict[int, int]:
        """Application to the place that was chosen; 0, which is no place, for what cannot be read."""
        found = {}
        for ident in self.applications:
            text = self[f"place_{ident}"].data or ""
            found[ident] = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
        return found


def ties_form(own: OwnScores) -> TiesFormBase:
    """The form for these scores, with the order as it is."""
    fields: dict[str, Any] = {}
    given: dict[str, Any] = {"sha256": own.sha256}
    for group in own.ties:
        for place, one in enumerate(group, start=1):
            name = f"place_{one.application.id}"
            fields[name] = SelectField(
                one.application.title,
                choices=options((str(n), str(n)) for n in range(1, len(group) + 1)),
                validate_choice=False,
            )
            given[name] = str(one.place or place)
    fields["applications"] = tuple(one.application.id for group in own.ties for one in group)
    form: TiesFormBase = type("TiesForm", (TiesFormBase,), fields)(data=given)
    return form
