"""The form with which a file is sent in: one for each document that the round asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, SelectField

from pool.core.forms import Form, options
from pool.rounds.inputs import DocumentRule

from . import rules
from .models import ApplicationFile


class FileForm(Form):
    """A file for one document; `file_form` adds the field itself, and what it may replace when there is something."""

    document = HiddenField()
    code: str = ""

    @property
    def file(self) -> Any:
        return self[rules.file_field(self.code)]

    @property
    def replacing(self) -> Any:
        """The field that says which file gives way; None when there is nothing to replace."""
        return self._fields.get(f"replaces_{self.code}")

    @property
    def upload(self) -> FileStorage:
        found: FileStorage = self.file.data
        return found

    @property
    def replaces(self) -> int | None:
        """The id of the file that gives way. What is no id stands for a file that is there no more."""
        chosen = (self.replacing.data or "") if self.replacing is not None else ""
        return None if not chosen else int(chosen) if chosen.isascii() and chosen.isdigit() else 0


def file_form(document: DocumentRule, present: Sequence[ApplicationFile]) -> type[FileForm]:
    """The form for this document, beside the files that are there."""
    field = FileField(
        "Kies een bestand" if not present else "Kies nog een bestand",
        validators=[FileRequired("Kies eerst een bestand op uw computer of telefoon.")],
    )
    fields: dict[str, Any] = {rules.file_field(document.code): field, "code": document.code}
    if present:
        # Whoever is the second to replace a file hears so from the service, so an unknown choice comes through.
        fields[f"replaces_{document.code}"] = SelectField(
            "Wat doet u met dit bestand?",
            choices=options(
                [
                    ("", "Toevoegen naast wat er staat"),
                    *((str(row.id), f"Dit vervangt ‘{row.name}’") for row in present),
                ]
            ),
            validate_choice=False,
        )
    return type("DocumentFileForm", (FileForm,), fields)
