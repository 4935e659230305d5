"""The form to choose what to take over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from wtforms import SelectMultipleField

from pool.core.forms import options

from .forms import SectionForm
from .service import Offer


class TakeOverForm(SectionForm):
    sections = SelectMultipleField("Wat wilt u overnemen?", validate_choice=False)

    def offer(self, offers: Sequence[Offer]) -> Self:
        self.sections.choices = options((o.section.value, o.section.label) for o in offers)
        return self
