"""Forms of the committee."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from pool.applications.models import Application
from pool.core.forms import Form, Optional, Required, at_most, options
from pool.core.text import format_points
from pool.people.models import User
from pool.rounds.inputs import LEVELS, MARKS, RoundRules

from .inputs import BottleneckMark, CriterionScore, ScoresInput
from .models import Assessment
from .states import Abstention, InterestAnswer, Measure

ANSWERS = [
    (InterestAnswer.NONE.value, "Ik heb geen belang bij deze aanvraag"),
    (InterestAnswer.DECLARED.value, "Ik heb wel een belang bij deze aanvraag"),
]
MEMBER_ANSWERS = [
    (InterestAnswer.DECLARED.value, "Dit lid heeft een belang"),
    (InterestAnswer.NONE.value, "Dit lid heeft geen belang (herstel van een vergissing)"),
]
MEASURES = [
    (Measure.BARRED.value, "Dit lid ziet de aanvraag niet"),
    (Measure.ALLOWED.value, "Dit lid mag de aanvraag beoordelen"),
]
_POINTS = re.compile(r"([0-9]{1,3})(?:,([0-9]{1,3}))?")


def reason_field(label: str) -> TextAreaField:
    return TextAreaField(label, validators=[Required("Geef de reden."), at_most(2000)])


class ReasonForm(Form):
    """A step that needs nothing but a reason."""

    reason = reason_field("Reden")


class InterestForm(Form):
    answer = RadioField("Hebt u een belang?", choices=options(ANSWERS), validate_choice=False)
    reason = TextAreaField("Welk belang is dat?", validators=[Optional(), at_most(2000)])

    def to_answer(self) -> InterestAnswer | None:
        known = {answer.value: answer for answer in InterestAnswer}
        return known.get(self.answer.data or "")


class MemberInterestForm(Form):
    """What the chair records about an interest of a member."""

    application_id = SelectField("Aanvraag", coerce=int)
    user_id = SelectField("Lid van de commissie", coerce=int)
    answer = RadioField(
        "Wat legt u vast?",
        choices=options(MEMBER_ANSWERS),
        default=InterestAnswer.DECLARED.value,
    )
    reason = reason_field("Reden")

    def offer(self, applications: Sequence[Application], members: Sequence[User]) -> None:
        self.application_id.choices = options((str(a.id), f"{a.reference} – {a.title}") for a in applications)
        self.user_id.choices = options((str(user.id), user.name) for user in members)


class MeasureForm(Form):
    """What the chair decides about an interest."""

    measure = RadioField(
        "Wat beslist u?",
        choices=options(MEASURES),
        validators=[Required("Kies wat u beslist.")],
    )
    reason = reason_field("Waarom?")


class AbstainForm(Form):
    """Why an assessor gives an application back."""

    why = RadioField(
        "Waarom geeft u deze aanvraag terug?",
        choices=options(Abstention.choices()),
        validators=[Required("Kies waarom.")],
    )
    note = TextAreaField("Toelichting", validators=[Optional(), at_most(2000)])


class AddForm(Form):
    user_id = SelectField("Beoordelaar", coerce=int)
    reason = reason_field("Reden")

    def offer(self, assessors: Sequence[User]) -> None:
        self.user_id.choices = options((str(user.id), user.name) for user in assessors)


class PointsField(StringField):
    """Points as people write them (`71,25`); data is whole thousandths or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format_points(self.data, full=True).rstrip("0").rstrip(",")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        entered = valuelist[0].strip() if valuelist else ""
        if not entered:
            return
        match = _POINTS.fullmatch(entered)
        points = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")) if match else -1
        if not 0 <= points <= 100_000:
            raise ValueError("Vul punten in van 0 tot en met 100, bijvoorbeeld 71,5.")
        self.data = points


class OutcomeForm(Form):
    agreed = PointsField("Afgesproken score", validators=[Required("Vul de afgesproken score in.")])
    reason = reason_field("Waarom heeft de commissie dit afgesproken?")


class AdoptForm(Form):
    sure = BooleanField(
        "De commissie heeft deze kwaliteitsscores vastgesteld",
        validators=[Required("Bevestig dat de commissie de scores heeft vastgesteld.")],
    )


class ScoresFormBase(Form):
    """Levels and reasons, marks and quotations; `scores_form` adds the fields of criteria and bottlenecks."""

    criteria: tuple[str, ...] = ()
    bottlenecks: tuple[str, ...] = ()
    version = HiddenField()

    def to_input(self) -> ScoresInput:
        given = []
        for code in self.criteria:
            level = self[f"level_{code}"].data
            given.append(
                CriterionScore(code, _level(level) if level else None, self[f"reason_{code}"].data or "")
            )
        codings = tuple(
            BottleneckMark(
                code,
                _mark(self[f"mark_{code}"].data),
                self[f"quotation_{code}"].data or "",
            )
            for code in self.bottlenecks
        )
        version = self.version.data or ""
        return ScoresInput(tuple(given), int(version) if version.isdecimal() else -1, codings)


def _level(text: str) -> int:
    """The level that was sent; 0, which no scale has, when it is not a number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _mark(text: str | None) -> int | None:
    """The mark that was sent; None for nothing, and -1, which no scale has, when it is not a number."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1


MARK_CHOICES = options((str(mark), str(mark)) for mark in MARKS)


class AgreeForm(Form):
    """What the committee agreed about one bottleneck."""

    bottleneck = SelectField("Knelpunt")
    agreed = RadioField("Afgesproken cijfer", choices=MARK_CHOICES, validate_choice=False)
    reason = reason_field("Waarom heeft de commissie dit afgesproken?")

    def offer(self, bottlenecks: Sequence[tuple[str, str]]) -> None:
        """bottlenecks: code and title of those that have a mark."""
        self.bottleneck.choices = options(bottlenecks)

    def to_mark(self) -> int | None:
        return _mark(self.agreed.data)


def scores_form(rules: RoundRules, assessment: Assessment) -> ScoresFormBase:
    """The form for one assessment, with what was saved so far."""
    fields: dict[str, Any] = {
        "criteria": tuple(criterion.code for criterion in rules.criteria),
        "bottlenecks": tuple(bottleneck.code for bottleneck in rules.bottlenecks),
    }
    for criterion in rules.criteria:
        fields[f"level_{criterion.code}"] = RadioField(
            "Niveau", choices=options((str(level), str(level)) for level in LEVELS), validate_choice=False
        )
        # The service says what is too long, so that a draft and a submission answer alike.
        fields[f"reason_{criterion.code}"] = TextAreaField("Waarom dit niveau?")
    for bottleneck in rules.bottlenecks:
        fields[f"mark_{bottleneck.code}"] = RadioField("Cijfer", choices=MARK_CHOICES, validate_choice=False)
        fields[f"quotation_{bottleneck.code}"] = TextAreaField("Citaat uit de aanvraag")
    saved: dict[str, Any] = {"version": str(assessment.version)}
    for score in assessment.scores:
        saved[f"level_{score.criterion}"] = str(score.level) if score.level else None
        saved[f"reason_{score.criterion}"] = score.reason
    for coding in assessment.codings:
        saved[f"mark_{coding.bottleneck}"] = None if coding.mark is None else str(coding.mark)
        saved[f"quotation_{coding.bottleneck}"] = coding.quotation
    form: ScoresFormBase = type("ScoresForm", (ScoresFormBase,), fields)(data=saved)
    return form
