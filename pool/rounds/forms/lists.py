"""Forms for the parts of a round that are lists: criteria, bottlenecks, conditions, bounds, questions and documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)

from pool.core.forms import MoneyField, Optional, options
from pool.core.text import slugify
from pool.regions.models import Region, Theme

from ..inputs import (
    ANCHORED_LEVELS,
    MARKS,
    STANDARD_MARKS,
    Bottleneck,
    Bound,
    Condition,
    Criterion,
    DocumentRule,
    Ground,
    Question,
    RoundRules,
)
from ..models import Round
from ..states import DocumentKind
from .fields import YES_NO, RowForm, WholeField, area, line
from .parts import PartForm, lines_of

CODE_LENGTH = 40


class Codes:
    """Gives rows a code that stays: the one they have, else one made from their name, each once."""

    def __init__(self, given: Iterable[str | None]) -> None:
        self.taken = {code for code in given if code}

    def of(self, given: str | None, name: str) -> str:
        if given and given == _slug(given):
            return given
        base, number = _slug(name), 2
        code = base
        while code in self.taken:
            code, number = f"{base}_{number}", number + 1
        self.taken.add(code)
        return code


def _slug(text: str) -> str:
    return slugify(text.replace("_", "-"), max_length=CODE_LENGTH, fallback="regel").replace("-", "_")


def _rows(fields: Any) -> list[Any]:
    return [entry.form for entry in fields]


class GroundForm(RowForm):
    slug = HiddenField()
    name = line("Aanbevelingen", "name")


class ConditionForm(RowForm):
    code = HiddenField()
    question = line("Vraag", "question")
    fits = SelectField("Past bij", choices=YES_NO, default="ja", validate_choice=False)
    explanation = line("Uitleg als het niet past", "explanation")


class PurposeForm(PartForm):
    rows = ("grounds", "conditions")
    themes = SelectMultipleField("Thema's die passen", validate_choice=False)
    grounds = FieldList(FormField(GroundForm), min_entries=1)
    shelter_partner = BooleanField("Een organisatie voor vrouwenopvang doet mee als partner")
    conditions = FieldList(FormField(ConditionForm), min_entries=1)

    def offer(self, themes: list[Theme], _regions: list[Region]) -> Self:
        self.themes.choices = options((t.slug, t.name) for t in themes)
        return self

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        return {
            "themes": list(rules.themes),
            "grounds": [{"slug": g.slug, "name": g.name} for g in rules.grounds] or [{}],
            "shelter_partner": rules.shelter_partner,
            "conditions": [
                {
                    "code": c.code,
                    "question": c.question,
                    "fits": "ja" if c.fits else "nee",
                    "explanation": c.explanation,
                }
                for c in rules.conditions
            ]
            or [{}],
        }

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        grounds, conditions = _rows(self.grounds), _rows(self.conditions)
        slugs, codes = Codes(g.slug.data for g in grounds), Codes(c.code.data for c in conditions)
        chosen = set(self.themes.data or ())
        return {
            "themes": tuple(c.value for c in self.themes.choices if c.value in chosen),
            "grounds": tuple(
                Ground(slugs.of(g.slug.data, g.name.data), g.name.data) for g in grounds if g.name.data
            ),
            "shelter_partner": bool(self.shelter_partner.data),
            "conditions": tuple(
                Condition(
                    codes.of(c.code.data, c.question.data),
                    c.question.data,
                    c.fits.data != "nee",
                    c.explanation.data or "",
                )
                for c in conditions
                if c.question.data
            ),
        }


class CriterionForm(RowForm):
    code = HiddenField()
    name = line("Naam", "name")
    weight = WholeField("Gewicht in procenten", validators=[Optional()])
    question = area("Vraag aan de beoordelaar", "question")
    anchor_1 = area("Niveau 1 betekent", "anchor")
    anchor_3 = area("Niveau 3 betekent", "anchor")
    anchor_5 = area("Niveau 5 betekent", "anchor")
    anchor_7 = area("Niveau 7 betekent", "anchor")
    anchor_9 = area("Niveau 9 betekent", "anchor")

    @property
    def anchors(self) -> dict[str, str]:
        return {str(level): self[f"anchor_{level}"].data or "" for level in ANCHORED_LEVELS}

    @property
    def is_blank(self) -> bool:
        return not (self.name.data or self.question.data or any(self.anchors.values()))


class CriteriaForm(PartForm):
    rows = ("criteria",)
    criteria = FieldList(FormField(CriterionForm), min_entries=1)
    grounds_of_choice = area(
        "Waar de keuze van afhangt",
        "explanation",
        Optional(),
        description="In gewone woorden voor de openbare pagina, een punt per regel. Bijvoorbeeld: de kwaliteit van het voorstel.",
    )

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        return {
            "criteria": [
                {
                    "code": c.code,
                    "name": c.name,
                    "weight": c.weight,
                    "question": c.question,
                    **{f"anchor_{level}": c.anchors.get(str(level), "") for level in ANCHORED_LEVELS},
                }
                for c in rules.criteria
            ]
            or [{}],
            "grounds_of_choice": "\n".join(rules.grounds_of_choice),
        }

    @property
    def total_weight(self) -> int:
        """The sum of the weights as they stand in the form."""
        return sum(row.weight.data or 0 for row in _rows(self.criteria))

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        rows = [row for row in _rows(self.criteria) if not row.is_blank]
        codes = Codes(row.code.data for row in rows)
        return {
            "criteria": tuple(
                Criterion(
                    codes.of(row.code.data, row.name.data or ""),
                    row.name.data or "",
                    row.question.data or "",
                    row.weight.data or 0,
                    row.anchors,
                )
                for row in rows
            ),
            "grounds_of_choice": lines_of(self.grounds_of_choice.data),
        }


class BottleneckForm(RowForm):
    code = HiddenField()
    title = line("Naam", "name")
    explanation = area("Uitleg", "explanation")
    anchor_0 = area("Cijfer 0 betekent", "anchor", default=STANDARD_MARKS["0"])
    anchor_1 = area("Cijfer 1 betekent", "anchor", default=STANDARD_MARKS["1"])
    anchor_2 = area("Cijfer 2 betekent", "anchor", default=STANDARD_MARKS["2"])
    anchor_3 = area("Cijfer 3 betekent", "anchor", default=STANDARD_MARKS["3"])

    @property
    def anchors(self) -> dict[str, str]:
        return {str(mark): self[f"anchor_{mark}"].data or "" for mark in MARKS}

    @property
    def is_blank(self) -> bool:
        """Nothing was written: what the marks usually mean stands in a new row by itself."""
        own = any(text and text != STANDARD_MARKS[mark] for mark, text in self.anchors.items())
        return not (self.title.data or self.explanation.data or own)


class BottlenecksForm(PartForm):
    rows = ("bottlenecks",)
    bottlenecks = FieldList(FormField(BottleneckForm), min_entries=1)

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        rows = [
            {
                "code": b.code,
                "title": b.title,
                "explanation": b.explanation,
                **{f"anchor_{mark}": b.anchors.get(str(mark), "") for mark in MARKS},
            }
            for b in rules.bottlenecks
        ]
        return {"bottlenecks": rows or [{}]}

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        rows = [row for row in _rows(self.bottlenecks) if not row.is_blank]
        codes = Codes(row.code.data for row in rows)
        return {
            "bottlenecks": tuple(
                Bottleneck(
                    codes.of(row.code.data, row.title.data or ""),
                    row.title.data or "",
                    row.explanation.data or "",
                    row.anchors,
                )
                for row in rows
            )
        }


class BoundForm(RowForm):
    place = SelectField("Waarvoor", validate_choice=False)
    min_awards = WholeField("Minstens", validators=[Optional()])
    max_awards = WholeField("Hoogstens", validators=[Optional()])
    max_amount = MoneyField("Hoogste bedrag", validators=[Optional()])


class BoundsForm(PartForm):
    rows = ("region_bounds", "theme_bounds")
    region_bounds = FieldList(FormField(BoundForm), min_entries=1)
    theme_bounds = FieldList(FormField(BoundForm), min_entries=1)

    def offer(self, themes: list[Theme], regions: list[Region]) -> Self:
        for fields, pairs, what in (
            (self.region_bounds, [(r.slug, r.name) for r in regions], "een regio"),
            (self.theme_bounds, [(t.slug, t.name) for t in themes], "een thema"),
        ):
            for row in _rows(fields):
                row.place.choices = options([("", f"Kies {what}"), *pairs])
        return self

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        return {
            name: [
                {
                    "place": slug,
                    "min_awards": bound.min_awards or None,
                    "max_awards": bound.max_awards,
                    "max_amount": bound.max_amount,
                }
                for slug, bound in getattr(rules, name).items()
            ]
            or [{}]
            for name in cls.rows
        }

    def validate_region_bounds(self, field: FieldList) -> None:
        _each_once(field)

    def validate_theme_bounds(self, field: FieldList) -> None:
        _each_once(field)

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        return {
            name: {
                row.place.data: Bound(row.min_awards.data or 0, row.max_awards.data, row.max_amount.data)
                for row in _rows(self[name])
                if row.place.data
            }
            for name in self.rows
        }


def _each_once(field: FieldList) -> None:
    places = [row.place.data for row in _rows(field) if row.place.data]
    if len(places) != len(set(places)):
        raise ValidationError("Noem elke regio en elk thema ten hoogste één keer.")


class QuestionForm(RowForm):
    code = HiddenField()
    label = line("Vraag", "question")
    hint = area("Toelichting", "hint", Optional())
    required = BooleanField("Verplicht", default=True)


class QuestionsForm(PartForm):
    rows = ("questions",)
    questions = FieldList(FormField(QuestionForm), min_entries=1)

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        rows = [
            {"code": q.code, "label": q.label, "hint": q.hint, "required": q.required}
            for q in rules.questions
        ]
        return {"questions": rows or [{}]}

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        rows = [row for row in _rows(self.questions) if row.label.data or row.hint.data]
        codes = Codes(row.code.data for row in rows)
        return {
            "questions": tuple(
                Question(
                    codes.of(row.code.data, row.label.data or ""),
                    row.label.data or "",
                    row.hint.data or "",
                    bool(row.required.data),
                )
                for row in rows
            )
        }


class DocumentForm(RowForm):
    code = HiddenField()
    name = line("Naam", "name")
    hint = area("Toelichting", "hint", Optional())
    required = BooleanField("Verplicht", default=True)
    kinds = SelectMultipleField(
        "Soorten bestanden",
        choices=options(DocumentKind.choices()),
        default=["pdf", "odt"],
        validate_choice=False,
    )


class DocumentsForm(PartForm):
    rows = ("documents",)
    documents = FieldList(FormField(DocumentForm), min_entries=1)

    @classmethod
    def values(cls, _round: Round, rules: RoundRules) -> dict[str, Any]:
        rows = [
            {
                "code": d.code,
                "name": d.name,
                "hint": d.hint,
                "required": d.required,
                "kinds": list(d.kinds),
            }
            for d in rules.documents
        ]
        return {"documents": rows or [{}]}

    def to_values(self, _rules: RoundRules) -> dict[str, Any]:
        rows = [row for row in _rows(self.documents) if row.name.data or row.hint.data]
        codes = Codes(row.code.data for row in rows)
        order = [kind.value for kind in DocumentKind]
        return {
            "documents": tuple(
                DocumentRule(
                    codes.of(row.code.data, row.name.data or ""),
                    row.name.data or "",
                    row.hint.data or "",
                    bool(row.required.data),
                    tuple(sorted(row.kinds.data or (), key=lambda k: order.index(k) if k in order else 99)),
                )
                for row in rows
            )
        }
