"""Forms for the parts of a round that hold single answers.

Each knows how it is filled from a round (`values`) and what it says (`to_part` or, for rules, `to_values`).
"""

from __future__ import annotations

from typing import Any, Self

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from pool.core.forms import DateField, Form, MoneyField, Optional, Required, options
from pool.regions.models import Region, Theme

from .. import rules as round_rules
from ..inputs import Accountability, Basics, Dates, Money, RoundRules
from ..models import Round
from ..states import Account, Calibration, Instrument, Joint, OwnRegion, ValueBasis
from .fields import (
    PeriodForm,
    PointsField,
    WholeField,
    area,
    line,
    moment,
    moment_values,
    parse_points,
    write_points,
)


def lines_of(text: str | None) -> tuple[str, ...]:
    return tuple(stripped for one in (text or "").split("\n") if (stripped := one.strip()))


class PartForm(Form):
    """Base of the parts. version: of the round, as the person saw it."""

    version = HiddenField()
    rows: tuple[str, ...] = ()
    """Names of the lists in this form to which rows can be added."""

    @property
    def seen(self) -> int:
        """The version that came in; 0, which is always stale, when it is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def take_version(self, version: int) -> Self:
        self.version.data = str(version)
        return self

    def offer(self, _themes: list[Theme], _regions: list[Region]) -> Self:
        return self


class BasicsForm(PartForm):
    title = line("Naam van de ronde", "title", Required("Geef de ronde een naam."))
    slug = line(
        "Webadres",
        "slug",
        Required("Vul het webadres in."),
        description="Het laatste deel van het adres van de ronde: kleine letters, cijfers en streepjes.",
    )
    year = WholeField("Jaar", validators=[InputRequired("Vul een jaar in.")])
    instrument = RadioField(
        "Juridische vorm",
        choices=options(Instrument.choices()),
        validators=[InputRequired("Kies een juridische vorm.")],
    )
    articles = area(
        "Wat van toepassing is",
        "articles",
        Optional(),
        description="Een artikel, titel of regeling per regel. Laat leeg voor wat bij deze vorm gebruikelijk is.",
    )
    legal_basis = area(
        "Grondslag",
        "legal_basis",
        Optional(),
        description="De regeling waarop besluiten in deze ronde steunen, met artikel.",
    )
    publication_reference = line(
        "Waar is de ronde bekendgemaakt?",
        "publication_reference",
        Optional(),
        description="Bijvoorbeeld Staatscourant 2027, 1234.",
    )
    publication_url = line(
        "Webadres van de bekendmaking",
        "publication_url",
        Optional(),
        description="Begint met https://. U kunt dit leeg laten.",
    )
    publication_date = DateField(
        "Datum van de bekendmaking",
        validators=[Optional()],
        description="Niet later dan de dag waarop de ronde opent.",
    )
    invented = area(
        "Is er iets verzonnen in deze ronde?",
        "invented",
        Optional(),
        description="Alleen voor oefenen en demonstratie. Schrijf dan wat er verzonnen is; dat staat op elke pagina.",
    )

    @classmethod
    def values(cls, round_: Round, _rules: RoundRules) -> dict[str, Any]:
        names = ("title", "slug", "year", "legal_basis", "publication_reference", "publication_url")
        return {
            **{name: getattr(round_, name) for name in (*names, "publication_date", "invented")},
            "instrument": round_.instrument.value,
            "articles": "\n".join(round_.articles),
        }

    def to_part(self) -> Basics:
        return Basics(
            title=self.title.data or "",
            slug=self.slug.data or "",
            year=self.year.data or 0,
            instrument=Instrument(self.instrument.data),
            legal_basis=self.legal_basis.data or "",
            articles=lines_of(self.articles.data),
            publication_reference=self.publication_reference.data or "",
            publication_url=self.publication_url.data or "",
            publication_date=self.publication_date.data,
            invented=self.invented.data or "",
        )


class DatesForm(PartForm, PeriodForm):
    @classmethod
    def values(cls, round_: Round, _rules: RoundRules) -> dict[str, Any]:
        return {**moment_values("opens", round_.opens_at), **moment_values("closes", round_.closes_at)}

    def to_part(self) -> Dates:
        return Dates(moment(self, "opens"), moment(self, "closes"))


class MoneyForm(PartForm):
    ceiling = MoneyField(
        "Plafond",
        validators=[Optional()],
        description="Wat er in deze ronde ten hoogste kan worden toegekend.",
    )
    budget_caveat = BooleanField(
        "Bij de bekendmaking staat een voorbehoud: het plafond kan omlaag als de begroting wordt vastgesteld, en "
        "wat dat betekent voor aanvragen die al binnen zijn."
    )

    @classmethod
    def values(cls, round_: Round, _rules: RoundRules) -> dict[str, Any]:
        return {"ceiling": round_.budget.ceiling or None, "budget_caveat": round_.budget_caveat}

    def to_part(self) -> Money:
        return Money(self.ceiling.data or 0, bool(self.budget_caveat.data))


class AllocationForm(PartForm):
    value_basis = RadioField("Hoe telt de kwaliteitsscore?", choices=options(ValueBasis.choices()))
    reference_amount = MoneyField("Bedrag waarbij de score precies één keer telt", validators=[Optional()])
    spread_steps = StringField("Spreidingsgewicht")
    joint = RadioField("Bij een gezamenlijke aanvraag", choices=options(Joint.choices()))
    min_merit = PointsField("Laagste kwaliteitsscore voor een toekenning", validators=[Optional()])
    partial_awards = BooleanField("Een aanvraag kan ook deels worden toegekend")
    amount_step = MoneyField("Bedragen zijn een veelvoud van", validators=[Optional()])
    max_request = MoneyField("Hoogste bedrag per aanvraag", validators=[Optional()])

    def validate_spread_steps(self, field: StringField) -> None:
        try:
            self._steps()
        except ValueError as error:
            raise ValidationError(
                "Schrijf punten met een puntkomma ertussen, bijvoorbeeld 35; 17,5; 8,75."
            ) from error

    def _steps(self) -> tuple[int, ...]:
        parts = [part.strip() for part in (self.spread_steps.data or "").split(";")]
        return tuple(parse_points(part) for part in parts if part)

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        names = ("value_basis", "reference_amount", "joint", "min_merit", "partial_awards", "amount_step")
        return {
            **{name: getattr(rules, name) for name in (*names, "max_request")},
            "spread_steps": "; ".join(write_points(step) for step in rules.spread_steps),
        }

    def to_values(self, rules: RoundRules) -> dict[str, Any]:
        return {
            "value_basis": self.value_basis.data or rules.value_basis,
            "reference_amount": self.reference_amount.data,
            "spread_steps": self._steps(),
            "joint": self.joint.data or rules.joint,
            "min_merit": self.min_merit.data or 0,
            "partial_awards": bool(self.partial_awards.data),
            "amount_step": rules.amount_step if self.amount_step.data is None else self.amount_step.data,
            "max_request": self.max_request.data,
        }


class TiesForm(PartForm):
    tie_seed = line(
        "Tekst voor de loting",
        "tie_seed",
        Optional(),
        description="Een zin die vooraf vastligt en iedereen kan lezen, bijvoorbeeld: Loting projectenpool 2027.",
    )

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        return {"tie_seed": rules.tie_seed}

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        return {"tie_seed": self.tie_seed.data or ""}


class AssessmentForm(PartForm):
    assessors_per_application = WholeField(
        "Beoordelaars per aanvraag",
        validators=[InputRequired("Vul in hoeveel beoordelaars een aanvraag lezen.")],
    )
    extra_assessor_gap = PointsField(
        "Extra beoordelaar bij een verschil van meer dan",
        validators=[Optional()],
        description="In punten van de totaalscore, van 0 tot 100. Laat leeg als er nooit een extra beoordelaar meeleest.",
    )
    calibration = RadioField(
        "Verschil tussen strenge en milde beoordelaars", choices=options(Calibration.choices())
    )
    own_region = RadioField(
        "Een beoordelaar leest een aanvraag uit de eigen regio", choices=options(OwnRegion.choices())
    )
    regional_views = BooleanField("De regionaal projectleider ziet de aanvragen en kan een zienswijze geven")

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        names = (
            "assessors_per_application",
            "extra_assessor_gap",
            "calibration",
            "regional_views",
            "own_region",
        )
        return {name: getattr(rules, name) for name in names}

    def to_values(self, rules: RoundRules) -> dict[str, Any]:
        return {
            "assessors_per_application": self.assessors_per_application.data or 0,
            "extra_assessor_gap": self.extra_assessor_gap.data,
            "calibration": self.calibration.data or rules.calibration,
            "regional_views": bool(self.regional_views.data),
            "own_region": self.own_region.data or rules.own_region,
        }


class TermsForm(PartForm):
    decision_weeks = RadioField("Beslistermijn na sluiting", validate_choice=False)
    supplement_days = WholeField(
        "Dagen om een onvolledige aanvraag aan te vullen",
        validators=[InputRequired("Vul het aantal dagen in.")],
        description="Gebruikelijk is 14 dagen.",
    )
    objection_address = area("Adres voor bezwaar", "objection_address", Optional())

    def offer(self, _themes: list[Theme], _regions: list[Region]) -> Self:
        pairs = [("13", "13 weken: zonder advies"), ("22", "22 weken: met advies van een commissie")]
        other = str(self.decision_weeks.data or "")
        if other not in ("", "13", "22"):
            pairs.append((other, f"{other} weken"))
        self.decision_weeks.choices = options(pairs)
        return self

    def validate_decision_weeks(self, field: RadioField) -> None:
        text = str(field.data or "")
        if not (text.isascii() and text.isdigit() and len(text) < 3):
            raise ValidationError("Kies een beslistermijn.")

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        return {
            "decision_weeks": str(rules.decision_weeks),
            "supplement_days": rules.supplement_days,
            "objection_address": rules.objection_address,
        }

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        return {
            "decision_weeks": int(self.decision_weeks.data),
            "supplement_days": self.supplement_days.data or 0,
            "objection_address": self.objection_address.data or "",
        }


class ReportingForm(PartForm):
    small = SelectField("Tot € 25.000", choices=options(Account.choices()))
    middle = SelectField("Van € 25.000 tot € 125.000", choices=options(Account.choices()))
    large = SelectField("Vanaf € 125.000", choices=options(Account.choices()))
    risk_analysis = area(
        "Risicoanalyse",
        "risk_analysis",
        Optional(),
        description="Alleen als u bij een hoger bedrag minder vraagt dan gebruikelijk: waarom kan dat?",
    )
    sisa_code = line("SiSa-code", "sisa_code", Optional(), description="Alleen bij een specifieke uitkering.")

    @classmethod
    def values(cls, round_: Round, rules: RoundRules) -> dict[str, Any]:
        given = round_rules.reporting_of(round_.instrument, rules)
        names = ("small", "middle", "large", "risk_analysis", "sisa_code")
        return {name: getattr(given, name) for name in names}

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        return {
            "reporting": Accountability(
                self.small.data,
                self.middle.data,
                self.large.data,
                self.risk_analysis.data or "",
                self.sisa_code.data or "",
            )
        }
