"""A small app of its own that shows the style guide: the macros need no part of the house but templates/."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from flask import Flask, flash, jsonify, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from pool.core import charts, markup

ROOT = Path(__file__).resolve().parents[2]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def euros(cents: int) -> str:
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}€\N{NO-BREAK SPACE}{whole},{abs(cents) % 100:02d}"


def points(thousandths: int) -> str:
    return f"{thousandths / 1000:.2f}".replace(".", ",")


class MoneyField(StringField):
    """Stands in for the field of the house, which is known to the macros by this name."""


class Ends(Form):
    day = IntegerField("Dag", [NumberRange(1, 31, "De dag ligt tussen 1 en 31")])
    month = IntegerField("Maand")
    year = IntegerField("Jaar")


class BudgetLine(Form):
    class Meta(Form.Meta):
        locales = ["nl"]

    kind = SelectField("Soort", choices=[SelectChoice("cost", "Kosten"), SelectChoice("income", "Inkomsten")])
    what = StringField("Omschrijving", [InputRequired("Vul een omschrijving in")])
    amount = MoneyField("Bedrag in euro’s")


class GuideForm(FlaskForm):
    class Meta(FlaskForm.Meta):
        locales = ["nl"]

    version = HiddenField(default="1")
    title = StringField("Titel van het project", [InputRequired("Vul een titel in")])
    email = StringField("E-mailadres", [Optional()])
    asked = MoneyField("Gevraagd bedrag in euro’s", [InputRequired("Vul een bedrag in van minimaal € 5.000")])
    starts = DateField("Startdatum van het project", [Optional()])
    ends = FormField(Ends, "Einddatum van het project")
    plan = TextAreaField("Toelichting op de kosten", [Length(max=5000)])
    theme = SelectField(
        "Thema", choices=[SelectChoice("a", "Veiligheid eerst"), SelectChoice("b", "Aanpak van plegers")]
    )
    joint = RadioField(
        "Doet een andere gemeente mee?",
        [InputRequired("Kies of een andere gemeente meedoet")],
        choices=[SelectChoice("yes", "Ja, wij vragen samen aan"), SelectChoice("no", "Nee")],
    )
    lines = SelectMultipleField(
        "Bij welke actielijnen hoort het project?",
        choices=[
            SelectChoice("1", "Eerder en beter in beeld"),
            SelectChoice("2", "Stoppen en duurzaam oplossen"),
            SelectChoice("3", "Specifieke groepen"),
        ],
    )
    agree = BooleanField("Ik vraag aan namens het college van mijn gemeente")
    attachment = FileField("Begroting", [InputRequired("Voeg de begroting toe als bestand")])
    budget = FieldList(FormField(BudgetLine), min_entries=2)


def _ranking() -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [
        {"title": "Vroeg erbij: wijkteam 0-100", "region": "Twente", "asked": 24800000, "merit": 8700},
        {"title": "Samen veilig thuis", "region": "Flevoland", "asked": 31250000, "merit": 8420},
        {
            "title": "Regionaal veiligheidsteam: samen optrekken bij structureel onveilige gezinnen",
            "region": "Noord- en Oost-Gelderland",
            "asked": 29000000,
            "merit": 7905,
        },
        {"title": "Leren van casuïstiek", "region": "Zuid-Limburg", "asked": 2490000, "merit": 7200},
        {"cut": True},
        {"title": "Datagedreven samenwerken", "region": "Kennemerland", "asked": 20000000, "merit": 6810, "out": True},
    ]  # fmt: skip
    status = [("Toegekend", "success"), ("Deels toegekend", "success"), ("Aanvulling nodig", "warning"),
              ("In beoordeling", "info"), ("", ""), ("Boven plafond", "neutral")]  # fmt: skip
    total, shown = 0, []
    for at, line in enumerate(lines):
        total += line.get("asked", 0)
        shown.append({"cut": False, "out": False, "nr": at + 1, "status": status[at][0], "tone": status[at][1],
                      "sum": total, **line})  # fmt: skip
    return shown


def samples() -> dict[str, Any]:
    slugs = [tile.slug for tile in charts.REGION_TILES]
    values = {slug: at * 7 % 6 for at, slug in enumerate(slugs)}
    return {
        "steps": [
            {"label": "Gemeente en contact", "url": "#", "state": "done"},
            {"label": "Project", "url": "#", "state": "done"},
            {"label": "Begroting", "url": "#", "state": "current"},
            {"label": "Bijlagen", "url": None, "state": "todo"},
            {"label": "Controleren en indienen", "state": "todo"},
        ],
        "tasks": [
            {"label": "Gemeente en contact", "url": "#", "status": "Klaar", "tone": "success"},
            {"label": "Begroting", "url": "#", "status": "Bezig", "tone": "info", "hint": "Nog 2 vragen"},
            {"label": "Controleren en indienen", "status": "Kan nog niet"},
        ],
        "ranking": _ranking(),
        "events": [
            {"when": "21 november 2026, 14.03 uur", "title": "Ingediend", "actor": "I. Aanvrager", "tone": "info"},
            {"when": "24 november 2026", "title": "Aanvulling gevraagd", "text": "De begroting telt niet op."},
            {"when": "1 maart 2027", "title": "Besluit: deels toegekend", "tone": "success"},
        ],
        "map_chart": charts.tile_map(
            "kaart", "Aanvragen per regio", values, unit="Aanvragen", urls={slug: f"#{slug}" for slug in slugs}
        ),
        "bar_chart": charts.bars(
            "staven",
            "Toegekend per thema",
            [
                charts.Bar("Multidisciplinaire aanpak van structureel onveilige gezinnen", 98450000, euros(98450000), 1, 80000000),
                charts.Bar("Veiligheid eerst", 51200000, euros(51200000)),
                charts.Bar("Kinderen als slachtoffer", 0, euros(0)),
                charts.Bar("Borging", 12000000, euros(12000000), 2),
            ],
            columns=("Thema", "Toegekend"),
            series_names=("ronde 2019", "ronde 2020"),
            mark_name="doel",
            note="Bedragen zijn verzonnen.",
        ),
        "stack_chart": charts.stacked(
            "stapel",
            "Aanvragen naar uitkomst",
            [("Projectenpool", [40, 11, 21, 2]), ("Experimenten vrouwenopvang", [6, 0, 5, 0])],
            parts=("Toegekend", "Deels toegekend", "Afgewezen", "Ingetrokken"),
            column="Regeling",
        ),
        "interval_chart": charts.intervals(
            "plaatsen",
            "Waar elke aanvraag waarschijnlijk eindigt",
            [charts.Interval(f"Plan {at}", at * 2000, at * 1000, at * 3000, at * 1500, at * 2500, f"plaats {at * 2}") for at in range(1, 6)],
            axis="plaats, 1 is de beste",
            columns=["Project", "Verwachte plaats"],
            show=lambda value: str(value // 1000),
            unit=1000,
            line=4500,
            line_text="de streep, na plaats 4",
        ),
        "plot_chart": charts.plot(
            "grens",
            "Kwaliteit tegen spreiding",
            [
                charts.Series("Beste verdelingen", tuple(charts.Point(22 + at, 412000 - at * at * 900, f"Verdeling {at + 1}", marked=at == 4, label="gekozen" if at == 4 else "") for at in range(7)), line=True),
                charts.Series("Op volgorde van kwaliteit", (charts.Point(21, 409000, "Rangschikking", "op volgorde"),)),
            ],
            x_label="Regio’s bereikt",
            y_label="Kwaliteit samen",
            show_y=lambda value: f"{value / 1000:.0f}",
        ),
    }  # fmt: skip


def guide_app(strict: bool = True, **context: Any) -> Flask:
    app = Flask("guide", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="not a secret, this app holds nothing", TESTING=True, WTF_I18N_ENABLED=False)
    if strict:
        app.jinja_env.undefined = jinja2.StrictUndefined
    CSRFProtect(app)
    app.jinja_env.globals.update(markup.PARTS)
    app.jinja_env.filters.update(euros=euros, points=points, date=str, moment=str)
    nav = [("Overzicht", False), ("Rondes", False), ("Aanvragen", True), ("Beoordelen", False), ("Verdelen", False),
           ("Besluiten", False), ("Projecten", False), ("Openbaar register", False)]  # fmt: skip
    shared: dict[str, Any] = {
        "nav": [SimpleNamespace(label=label, url="#", current=current) for label, current in nav],
        "actor": SimpleNamespace(
            name="I. Aanvrager", organisation_name="Gemeente Voorbeeld", role_labels=["aanvrager"]
        ),
        "crumbs": [("Home", "/"), ("Aanvragen", "#"), ("Begroting", None)],
        "sign_out_url": "#",
        "sign_in_url": "#",
        "theme_url": "#",
        "demo_banner": "Demonstratie: bedragen, scores en beoordelaars zijn verzonnen.",
        **context,
    }

    @app.context_processor
    def _shared() -> dict[str, Any]:
        return {"theme": request.args.get("theme", "auto"), **shared}

    @app.after_request
    def _policy(response: Any) -> Any:
        response.headers["Content-Security-Policy"] = CSP
        return response

    @app.get("/", endpoint="guide")
    def _guide() -> str:
        form = GuideForm()
        if request.args.get("errors"):
            form.validate()
            form.form_errors.append("Deze ronde is net gesloten")
        if request.args.get("flash"):
            flash("Uw wijziging is opgeslagen.", "success")
        return render_template(
            "_layout/styleguide.html", form=form, page_errors=bool(form.errors), **samples()
        )

    @app.post("/autosave")
    def _autosave() -> Any:
        if request.form.get("title") == "botsing":
            return jsonify(detail="Iemand anders heeft dit net gewijzigd."), 409
        return jsonify(saved_at="14:03", version=2)

    return app


def as_dict(view: Any) -> dict[str, Any]:
    return dataclasses.asdict(view)


if __name__ == "__main__":
    guide_app().run(port=5077)
