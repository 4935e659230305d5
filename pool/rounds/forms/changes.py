"""Forms for starting a round, publishing it, and changing what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from pool.core.forms import DateField, Form, MoneyField, Optional, Required, options
from pool.core.text import format_moment

from ..inputs import AmendmentInput, ExtensionInput, OutageInput, RoundRules, StartInput
from ..models import Outage, Round, Scheme
from .fields import (
    CLOCK_HINT,
    DAY_HINT,
    ClockField,
    PeriodForm,
    RowForm,
    WholeField,
    area,
    as_moment,
    line,
    moment,
)


class StartForm(PeriodForm):
    title = line(
        "Naam van de ronde",
        "title",
        Required("Geef de ronde een naam."),
        description="Zo staat de ronde op de site, bijvoorbeeld Projectenpool 2027.",
    )
    scheme_slug = SelectField(
        "Regeling",
        validate_choice=False,
        description="Bij een kopie kunt u dit leeg laten: dan blijft het dezelfde regeling.",
    )
    copy_of = SelectField(
        "Beginnen met",
        validate_choice=False,
        description="Bij een kopie neemt u alle regels over. Daarna past u aan wat anders is.",
    )

    def offer(self, schemes: Sequence[Scheme], rounds: Sequence[Round]) -> Self:
        self.scheme_slug.choices = options([("", "Kies een regeling"), *((s.slug, s.name) for s in schemes)])
        self.copy_of.choices = options(
            [("", "Een lege ronde"), *((r.slug, f"Een kopie van {r.title}") for r in rounds)]
        )
        return self

    def to_input(self) -> StartInput:
        return StartInput(
            scheme_slug=self.scheme_slug.data or "",
            title=self.title.data or "",
            opens_at=moment(self, "opens"),
            closes_at=moment(self, "closes"),
            copy_of=self.copy_of.data or "",
        )


class SchemeForm(Form):
    name = line("Naam van de regeling", "name", Required("Geef de regeling een naam."))
    purpose = area(
        "Waar is het geld voor?",
        "purpose",
        Required("Schrijf in een paar zinnen waar het geld voor is."),
        description="Deze zin staat bovenaan de openbare pagina van elke ronde.",
    )
    prefix = line(
        "Begin van het kenmerk",
        "prefix",
        Required("Kies het begin van het kenmerk."),
        description="Twee tot acht hoofdletters. Een aanvraag heet dan bijvoorbeeld VDND-2027-001.",
    )

    def validate_prefix(self, field: StringField) -> None:
        text = field.data or ""
        if not (text.isascii() and text.isalpha() and text.isupper() and 2 <= len(text) <= 8):
            raise ValidationError("Gebruik twee tot acht hoofdletters.")


class PublishForm(Form):
    version = HiddenField()
    declared = BooleanField(
        "Ik heb de ronde gecontroleerd. Ik weet dat na het publiceren niets meer verandert zonder een besluit "
        "dat iedereen kan zien.",
        validators=[Required("Zet een vinkje. Zonder vinkje kunt u niet publiceren.")],
    )


class CeilingForm(Form):
    ceiling = MoneyField("Nieuw plafond", validators=[InputRequired("Vul het nieuwe plafond in.")])
    reason = area("Reden van de wijziging", "reason", Required("Geef de reden van de wijziging."))
    reference = line("Waar is de wijziging bekendgemaakt?", "publication_reference", Optional())
    from_budget = BooleanField(
        "Het plafond gaat omlaag door de vaststelling of goedkeuring van de begroting (artikel 4:28 Awb)."
    )


class ExtendForm(Form):
    closes_on = DateField(
        "Nieuwe sluiting op",
        validators=[Required("Vul de nieuwe dag van sluiting in.")],
        description=DAY_HINT,
    )
    closes_time = ClockField(
        "Tijd van sluiting", validators=[InputRequired("Vul de tijd in.")], description=CLOCK_HINT
    )
    outage_id = SelectField("Storing waarin de sluiting viel", validate_choice=False)
    reason = area("Reden van de verlenging", "reason", Required("Geef de reden van de verlenging."))
    reference = line("Waar is de verlenging bekendgemaakt?", "publication_reference", Optional())

    def validate_closes_time(self, field: ClockField) -> None:
        as_moment(self.closes_on.data, field.data)

    def offer(self, outages: Sequence[Outage]) -> Self:
        """outages: those in which the closing moment fell."""
        self.outage_id.choices = options(
            [
                ("", "Geen storing"),
                *((str(o.id), f"{format_moment(o.started_at)}: {o.what[:60]}") for o in outages),
            ]
        )
        return self

    def to_input(self) -> ExtensionInput:
        chosen = self.outage_id.data or ""
        return ExtensionInput(
            closes_at=moment(self, "closes"),
            reason=self.reason.data or "",
            outage_id=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None,
            reference=self.reference.data or "",
        )


class OutageForm(Form):
    started_on = DateField(
        "Begon op", validators=[Required("Vul in wanneer de storing begon.")], description=DAY_HINT
    )
    started_time = ClockField(
        "Tijd van het begin", validators=[InputRequired("Vul de tijd in.")], description=CLOCK_HINT
    )
    ended_on = DateField(
        "Voorbij op", validators=[Optional()], description="Laat leeg zolang de storing duurt."
    )
    ended_time = ClockField("Tijd van het einde")
    what = area("Wat werkte er niet?", "what", Required("Schrijf op wat er niet werkte."))

    def validate_started_time(self, field: ClockField) -> None:
        as_moment(self.started_on.data, field.data)

    def validate_ended_time(self, field: ClockField) -> None:
        if (self.ended_on.data is None) != (field.data is None):
            raise ValidationError("Vul bij het einde zowel een dag als een tijd in, of geen van beide.")
        as_moment(self.ended_on.data, field.data)

    def to_input(self) -> OutageInput:
        return OutageInput(
            started_at=moment(self, "started"),
            ended_at=as_moment(self.ended_on.data, self.ended_time.data),
            what=self.what.data or "",
        )


class EndOutageForm(Form):
    ended_on = DateField(
        "Voorbij op", validators=[Required("Vul in wanneer de storing voorbij was.")], description=DAY_HINT
    )
    ended_time = ClockField(
        "Tijd van het einde", validators=[InputRequired("Vul de tijd in.")], description=CLOCK_HINT
    )

    def validate_ended_time(self, field: ClockField) -> None:
        as_moment(self.ended_on.data, field.data)


class HintForm(RowForm):
    """One question or document in an amendment: its explanation, and whether it is a duty."""

    code = HiddenField()
    hint = area("Toelichting", "hint", Optional())
    required = BooleanField("Verplicht")


class AmendForm(Form):
    """Exactly what `rules.AMENDABLE` lets change."""

    number = HiddenField()
    objection_address = area(
        "Adres voor bezwaar", "objection_address", Required("Vul het adres voor bezwaar in.")
    )
    decision_weeks = WholeField("Beslistermijn in weken", validators=[InputRequired("Vul de weken in.")])
    supplement_days = WholeField("Dagen om aan te vullen", validators=[InputRequired("Vul de dagen in.")])
    assessors_per_application = WholeField(
        "Beoordelaars per aanvraag", validators=[InputRequired("Vul het aantal in.")]
    )
    questions = FieldList(FormField(HintForm))
    documents = FieldList(FormField(HintForm))
    reason = area("Reden van de wijziging", "reason", Required("Geef de reden van de wijziging."))
    reference = line("Waar is de wijziging bekendgemaakt?", "publication_reference", Optional())

    @classmethod
    def values(cls, rules: RoundRules, number: int) -> dict[str, Any]:
        return {
            "number": str(number),
            "objection_address": rules.objection_address,
            "decision_weeks": rules.decision_weeks,
            "supplement_days": rules.supplement_days,
            "assessors_per_application": rules.assessors_per_application,
            "questions": [{"code": q.code, "hint": q.hint, "required": q.required} for q in rules.questions],
            "documents": [{"code": d.code, "hint": d.hint, "required": d.required} for d in rules.documents],
        }

    def to_input(self, rules: RoundRules) -> AmendmentInput:
        """The published rules with what was typed. What the form does not name stays as it is."""
        questions = {e.form.code.data: e.form for e in self.questions}
        documents = {e.form.code.data: e.form for e in self.documents}
        return AmendmentInput(
            rules=replace(
                rules,
                objection_address=self.objection_address.data or "",
                decision_weeks=self.decision_weeks.data or 0,
                supplement_days=self.supplement_days.data or 0,
                assessors_per_application=self.assessors_per_application.data or 0,
                questions=tuple(_hinted(q, questions.get(q.code)) for q in rules.questions),
                documents=tuple(_hinted(d, documents.get(d.code)) for d in rules.documents),
            ),
            reason=self.reason.data or "",
            reference=self.reference.data or "",
        )


def _hinted(row: Any, form: Any) -> Any:
    if form is None:
        return row
    return replace(row, hint=form.hint.data or "", required=bool(form.required.data))


class MoveForm(Form):
    """Nothing to fill in: one step further."""
