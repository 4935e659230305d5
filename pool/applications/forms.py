"""Forms of those who apply: one per section, and to submit and withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Self

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm

from pool.core.forms import DateField, Form, MoneyField, Optional, Required, at_most, options
from pool.people.states import OrganisationKind
from pool.regions.models import Region, Theme
from pool.rounds.inputs import RoundRules

from . import rules
from .inputs import (
    Budget,
    BudgetLine,
    Contact,
    Indicator,
    Milestone,
    Partner,
    Plan,
    Project,
    Reach,
)
from .rules import LIMITS
from .states import BudgetKind, Purpose

_PARTNER_KINDS = options(
    (k.value, k.label)
    for k in (OrganisationKind.SHELTER, OrganisationKind.MUNICIPALITY, OrganisationKind.OTHER)
)


def _text(label: str, name: str, **more: Any) -> StringField:
    return StringField(label, validators=[at_most(LIMITS[name])], **more)


def _area(label: str, name: str, **more: Any) -> TextAreaField:
    return TextAreaField(label, validators=[at_most(LIMITS[name])], **more)


class SectionForm(Form):
    """Base of the sections. version: the revision of the application on which the person began to write."""

    version = HiddenField()

    @property
    def revision(self) -> int:
        """The revision that came in; 0, which is always stale, when it is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def take_revision(self, revision: int) -> Self:
        self.version.data = str(revision)
        return self


class ProjectForm(SectionForm):
    title = _text("Titel van het project", "title")
    summary = _area(
        "Samenvatting", "summary", description="Vertel in gewone woorden wat u gaat doen, voor wie en waarom."
    )
    purpose = RadioField("Wat doet het project?", choices=options(Purpose.choices()), validate_choice=False)
    theme = SelectField("Thema", validate_choice=False)
    grounds = SelectMultipleField(
        "Op welke aanbevelingen gaat het project in?",
        validate_choice=False,
        description="Kies er een of meer.",
    )

    def offer(self, round_rules: RoundRules, themes: Sequence[Theme]) -> Self:
        """Show what the round knows, and nothing of what it does not."""
        fitting = [(t.slug, t.name) for t in themes if t.slug in round_rules.themes]
        self.theme.choices = options([("", "Kies een thema"), *fitting])
        self.grounds.choices = options((g.slug, g.name) for g in round_rules.grounds)
        if not round_rules.themes:
            del self.theme
        if not round_rules.grounds:
            del self.grounds
        return self

    @classmethod
    def values(cls, value: Project) -> dict[str, Any]:
        return {
            "title": value.title,
            "summary": value.summary,
            "purpose": value.purpose,
            "theme": value.theme,
            "grounds": list(value.grounds),
        }

    def to_input(self) -> Project:
        return Project(
            title=self.title.data or "",
            summary=self.summary.data or "",
            purpose=self.purpose.data or "",
            theme=(self.theme.data or "") if "theme" in self else "",
            grounds=tuple(self.grounds.data or ()) if "grounds" in self else (),
        )


class PartnerForm(PlainForm):
    name = _text("Naam", "name")
    kind = SelectField("Soort organisatie", choices=_PARTNER_KINDS, validate_choice=False)
    role = _text("Wat doet deze partner?", "role")
    contribution = _text("Wat draagt deze partner bij?", "contribution")


class ReachForm(SectionForm):
    others = SelectMultipleField(
        "Met welke andere regio's vraagt u samen aan?",
        validate_choice=False,
        description="Kies niets als u alleen voor uw eigen regio aanvraagt.",
    )
    partners = FieldList(FormField(PartnerForm), "Partners", min_entries=1)

    own_region: str = ""

    def offer(self, own_region: str, regions: Sequence[Region]) -> Self:
        self.own_region = own_region
        self.others.choices = options((r.slug, r.name) for r in regions if r.slug != own_region)
        return self

    @classmethod
    def values(cls, value: Reach) -> dict[str, Any]:
        lines = [
            {"name": p.name, "kind": p.kind, "role": p.role, "contribution": p.contribution}
            for p in value.partners
        ]
        return {"others": list(value.regions[1:]), "partners": lines or [{}]}

    def to_input(self) -> Reach:
        lines = [
            Partner(
                e.form.name.data or "",
                e.form.kind.data or "",
                e.form.role.data or "",
                e.form.contribution.data or "",
            )
            for e in self.partners
        ]
        others = [choice.value for choice in self.others.choices if choice.value in (self.others.data or ())]
        return Reach(
            regions=tuple(slug for slug in (self.own_region, *others) if slug),
            partners=tuple(p for p in lines if p.name or p.role or p.contribution),
        )


class IndicatorForm(PlainForm):
    what = _text("Wat meet u?", "what")
    baseline = _text("Hoe is het nu?", "baseline")
    target = _text("Wat wilt u bereiken?", "target")


class MilestoneForm(PlainForm):
    on = DateField("Datum", validators=[Optional()])
    what = _text("Wat is er dan klaar?", "what")


class PlanForm(SectionForm):
    occasion = _area("Aanleiding", "occasion", description="Welk knelpunt of welke kans is er nu?")
    approach = _area("Aanpak", "approach", description="Wat gaat u doen, in welke stappen en met wie?")
    results = _area("Beoogde resultaten", "results", description="Wat is er anders als het project klaar is?")
    sharing = _area(
        "Delen van lessen", "sharing", description="Hoe kunnen andere regio's snel van uw lessen leren?"
    )
    embedding = _area(
        "Borging", "embedding", description="Hoe gaat het verder als het geld van deze regeling op is?"
    )
    starts_on = DateField("Startdatum", validators=[Optional()])
    ends_on = DateField("Einddatum", validators=[Optional()])
    indicators = FieldList(FormField(IndicatorForm), "Resultaten die u meet (niet verplicht)", min_entries=1)
    milestones = FieldList(FormField(MilestoneForm), "Mijlpalen (niet verplicht)", min_entries=1)

    @classmethod
    def values(cls, value: Plan) -> dict[str, Any]:
        texts = ("occasion", "approach", "results", "sharing", "embedding")
        return {
            **{name: getattr(value, name) for name in texts},
            "starts_on": rules.as_date(value.starts_on),
            "ends_on": rules.as_date(value.ends_on),
            "indicators": [
                {"what": i.what, "baseline": i.baseline, "target": i.target} for i in value.indicators
            ]
            or [{}],
            "milestones": [{"on": rules.as_date(m.on), "what": m.what} for m in value.milestones] or [{}],
        }

    def to_input(self) -> Plan:
        return Plan(
            occasion=self.occasion.data or "",
            approach=self.approach.data or "",
            results=self.results.data or "",
            sharing=self.sharing.data or "",
            embedding=self.embedding.data or "",
            starts_on=_iso(self.starts_on.data),
            ends_on=_iso(self.ends_on.data),
            indicators=tuple(i for i in self._indicators() if i.what or i.baseline or i.target),
            milestones=tuple(m for m in self._milestones() if m.on or m.what),
        )

    def _indicators(self) -> Iterator[Indicator]:
        for entry in self.indicators:
            line = entry.form
            yield Indicator(line.what.data or "", line.baseline.data or "", line.target.data or "")

    def _milestones(self) -> Iterator[Milestone]:
        for entry in self.milestones:
            yield Milestone(_iso(entry.form.on.data), entry.form.what.data or "")


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


class LineForm(PlainForm):
    kind = SelectField("Soort", choices=options(BudgetKind.choices()), validate_choice=False)
    description = _text("Omschrijving", "description")
    amount = MoneyField("Bedrag in euro's", validators=[Optional()])


class BudgetForm(SectionForm):
    lines = FieldList(FormField(LineForm), "Begroting", min_entries=1)
    requested = MoneyField("Gevraagd bedrag", validators=[Optional()])
    minimum = MoneyField(
        "Minimaal benodigd bedrag",
        validators=[Optional()],
        description="Met welk bedrag kan het project nog net doorgaan? Misschien kunnen we niet alles toekennen.",
    )
    explanation = _area(
        "Toelichting", "explanation", description="Leg uit hoe u aan de grotere bedragen komt."
    )

    def offer(self, round_rules: RoundRules) -> Self:
        if not round_rules.partial_awards:
            del self.minimum
        return self

    @classmethod
    def values(cls, value: Budget) -> dict[str, Any]:
        lines = [{"kind": b.kind, "description": b.description, "amount": b.amount} for b in value.lines]
        return {
            "lines": lines or [{}],
            "requested": value.requested or None,
            "minimum": value.minimum or None,
            "explanation": value.explanation,
        }

    def to_input(self) -> Budget:
        found = [
            BudgetLine(e.form.kind.data or "", e.form.description.data or "", e.form.amount.data or 0)
            for e in self.lines
        ]
        requested = self.requested.data or 0
        return Budget(
            lines=tuple(line for line in found if line.description or line.amount),
            requested=requested,
            minimum=(self.minimum.data or 0) if "minimum" in self else requested,
            explanation=self.explanation.data or "",
        )


class ContactForm(SectionForm):
    name = _text("Naam", "name")
    function = _text("Functie", "function", description="Bijvoorbeeld: beleidsadviseur zorg en veiligheid.")
    email = _text("E-mailadres", "email", description="Hier sturen we berichten over de aanvraag naartoe.")
    phone = _text("Telefoonnummer", "phone")

    @classmethod
    def values(cls, value: Contact) -> dict[str, Any]:
        return {"name": value.name, "function": value.function, "email": value.email, "phone": value.phone}

    def to_input(self) -> Contact:
        return Contact(
            name=self.name.data or "",
            function=self.function.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
        )


class AnswersForm(SectionForm):
    """The own questions of a round; `answers_form` adds a field per question."""

    codes: tuple[str, ...] = ()

    @classmethod
    def values(cls, value: dict[str, str]) -> dict[str, Any]:
        return {rules.answer_field(code): text for code, text in value.items()}

    def to_input(self) -> dict[str, str]:
        found = {code: self[rules.answer_field(code)].data or "" for code in self.codes}
        return {code: text for code, text in found.items() if text}


def answers_form(round_rules: RoundRules) -> type[AnswersForm]:
    """The form with the questions of this round."""
    fields: dict[str, Any] = {
        rules.answer_field(q.code): _area(
            q.label if q.required else f"{q.label} (niet verplicht)", "answers", description=q.hint
        )
        for q in round_rules.questions
    }
    return type(
        "RoundAnswersForm", (AnswersForm,), {**fields, "codes": tuple(q.code for q in round_rules.questions)}
    )


class SubmitForm(SectionForm):
    declared = BooleanField(
        "Ik verklaar dat deze aanvraag klopt en dat ik namens de gemeente mag aanvragen.",
        validators=[Required("Zet een vinkje bij de verklaring. Zonder verklaring kunt u niet indienen.")],
    )


class StartForm(Form):
    """Nothing to fill in; the button starts a draft."""


class WithdrawForm(Form):
    reason = TextAreaField(
        "Waarom trekt u de aanvraag in?",
        validators=[Required("Geef de reden waarom u intrekt."), at_most(LIMITS["reason"])],
    )
