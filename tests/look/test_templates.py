"""House rules for templates, and what the macros make of awkward text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import html5lib
import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, StringField
from wtforms.validators import InputRequired

from pool.core import charts
from tests.look.guide import BudgetLine, GuideForm, guide_app

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
HOSTILE = "<img src=x onerror=alert(1)> \"'&<b>"

FORBIDDEN = {
    "style attribute": r"\sstyle\s*=",
    "style element": r"<style\b",
    "script without a file": r"<script(?![^>]*\ssrc=)",
    "event handler": r"<[a-z][^>]*\son[a-z]+\s*=",
    "safe filter": r"\|\s*safe\b",
    "escaping switched off": r"autoescape\s+false",
    "script address": r"javascript:",
    "file from elsewhere": r"(?:src|href)=[\"']?(?:https?:)?//",
}


@pytest.fixture(scope="module")
def guide() -> Flask:
    return guide_app()


@pytest.fixture
def page(guide: Flask) -> BeautifulSoup:
    return _soup(guide.test_client(), "/?errors=1&flash=1")


def _soup(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def _render(guide: Flask, source: str, **values: Any) -> BeautifulSoup:
    imports = "".join(
        f'{{% import "_macros/{name}.html" as {name} %}}'
        for name in ("page", "forms", "table", "charts", "confirm")
    )
    with guide.test_request_context("/"):
        return BeautifulSoup(render_template_string(imports + source, **values), "html.parser")


# --- lint ----------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_inline_code_and_no_unescaped_text(template: Path) -> None:
    text = template.read_text()
    found = [rule for rule, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ['<p style="x">', "<style>", "<script>x</script>", '<a onclick="x">', "{{ x|safe }}", "{{ x | safe }}",
     '<script src="//elsewhere/x.js">'],
)  # fmt: skip
def test_the_lint_sees_what_is_forbidden(text: str) -> None:
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("name", ["_layout", "_macros"])
def test_templates_compile(guide: Flask, name: str) -> None:
    for template in sorted((ROOT / "templates" / name).glob("*.html")):
        guide.jinja_env.get_template(f"{name}/{template.name}")


def test_classes_of_our_own_carry_the_prefix() -> None:
    for sheet in sorted((ROOT / "static/css").glob("*.css")):
        text = re.sub(r"url\([^)]*\)|/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        for name in re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", text):
            assert name.startswith(("pp-", "utrecht-")), f"{sheet.name}: .{name}"


# --- the page --------------------------------------------------------------------------------


def test_the_page_is_valid_html(guide: Flask) -> None:
    for path in ("/", "/?errors=1&flash=1"):
        text = guide.test_client().get(path).text
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        assert [(code, facts) for _, code, facts in parser.errors] == []


def test_ids_are_unique_and_references_lead_somewhere(page: BeautifulSoup) -> None:
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for element in page.select(f"[{attribute}]"):
            assert set(element[attribute].split()) <= set(ids), element
    for link in page.select(".pp-error-summary a"):
        assert link["href"].removeprefix("#") in ids


def test_the_frame_of_the_page(page: BeautifulSoup) -> None:
    assert page.html is not None
    assert page.html["lang"] == "nl"
    assert page.title is not None
    assert page.title.text == "Fout: Onderdelen – Projectenpool"
    assert page.select_one("a.utrecht-skip-link")["href"] == "#main"  # type: ignore[index]
    assert len(page.select("main#main")) == len(page.select("h1")) == 1
    assert page.select_one(".pp-nav [aria-current=page]").text == "Aanvragen"  # type: ignore[union-attr]
    assert page.select_one(".pp-crumbs [aria-current=page]").text == "Begroting"  # type: ignore[union-attr]
    assert [a["href"] for a in page.select("footer a")] == ["/toegankelijkheid", "/privacy", "/colofon"]
    assert "verzonnen" in page.select_one(".pp-demo").text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("theme", "media"),
    [("light", []), ("dark", ["screen"]), ("auto", ["screen and (prefers-color-scheme: dark)"])],
)
def test_the_theme_is_one_sheet_more_or_less(guide: Flask, theme: str, media: list[str]) -> None:
    page = _soup(guide.test_client(), f"/?theme={theme}")
    assert [link["media"] for link in page.select("link[href*=theme-dark]")] == media
    pressed = page.select(".pp-switch [aria-pressed=true]")
    assert [button["value"] for button in pressed] == [theme]


def test_every_post_form_carries_a_token(page: BeautifulSoup) -> None:
    forms = page.select("form[method=post]")
    assert len(forms) >= 4
    assert all(form.select_one("[name=csrf_token]")["value"] for form in forms)  # type: ignore[index]


def test_a_visitor_sees_no_one_else_and_an_error_page_needs_nothing() -> None:
    guide = guide_app(actor=None, nav=[], crumbs=[], demo_banner=None, sign_in_url="/inloggen")
    page = _soup(guide.test_client(), "/")
    assert page.select(".pp-user, .pp-nav, .pp-crumbs, .pp-demo") == []
    assert page.select_one("header a[href='/inloggen']") is not None
    bare = Flask("bare", template_folder=str(ROOT / "templates"))
    bare.jinja_env.globals["csrf_token"] = lambda: "t"
    with bare.test_request_context("/"):
        text = render_template_string('{% extends "_layout/error.html" %}', status=404, message=HOSTILE)
    assert "Deze pagina is er niet" in text
    assert "<img" not in text


# --- forms -----------------------------------------------------------------------------------


def test_errors_stand_in_the_summary_and_beside_the_field_in_the_same_words(page: BeautifulSoup) -> None:
    summary = page.select_one(".pp-error-summary")
    assert summary is not None
    assert (summary["role"], summary["tabindex"]) == ("alert", "-1")
    links = summary.select("li a")
    assert "Deze ronde is net gesloten" in summary.text
    assert f"Er zijn {len(summary.select('li'))} fouten" in summary.text
    for link in links:
        beside = [error.get_text(strip=True).removeprefix("Fout:") for error in page.select(".pp-error")]
        assert link.text in beside
    field = page.select_one("#title")
    assert field is not None
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "title-hulp title-fout"


def test_errors_deep_inside_a_form_are_found(guide: Flask) -> None:
    class Inner(Form):
        name = StringField("Naam", [InputRequired("Vul een naam in")])

    class Outer(Form):
        rows = FieldList(FormField(Inner), min_entries=2)

    form = Outer(MultiDict({"rows-0-name": "A", "rows-1-name": ""}))
    assert not form.validate()
    form.form_errors.append("Samen te veel")
    form.rows.errors = [*form.rows.errors, "Voeg een regel toe"]
    summary = _render(guide, "{{ forms.error_summary(form) }}", form=form)
    assert [(li.text, li.a["href"] if li.a else None) for li in summary.select("li")] == [
        ("Samen te veel", None),
        ("Voeg een regel toe", "#rows-block"),
        ("Vul een naam in", "#rows-1-name"),
    ]


def test_no_errors_no_summary(guide: Flask) -> None:
    assert _render(guide, "{{ forms.error_summary(form) }}", form=BudgetLine()).text.strip() == ""


def test_one_error_is_counted_in_the_singular(guide: Flask) -> None:
    form = BudgetLine(MultiDict({"kind": "cost"}))
    form.validate()
    assert "Er is 1 fout" in _render(guide, "{{ forms.error_summary(form) }}", form=form).text


def test_typed_text_comes_back_escaped(guide: Flask) -> None:
    with guide.test_request_context("/", method="POST", data={"title": HOSTILE, "budget-0-what": HOSTILE}):
        form = GuideForm()
        form.validate()
        form.title.errors = [HOSTILE]
        text = guide.jinja_env.from_string(
            '{% import "_macros/forms.html" as f %}{{ f.error_summary(form) }}'
            "{{ f.field(form.title, hint=hostile) }}{{ f.repeat_table(form.budget, hostile) }}"
        ).render(form=form, hostile=HOSTILE)
    page = BeautifulSoup(text, "html.parser")
    assert page.select("img, b") == []
    assert page.select_one("#title")["value"] == HOSTILE  # type: ignore[index]
    assert page.select_one("caption").text == HOSTILE  # type: ignore[union-attr]


def test_a_line_can_be_added_and_removed_without_scripts(page: BeautifulSoup) -> None:
    block = page.select_one("[data-repeat]")
    assert block is not None
    assert block.select_one("button[name=add_row]") is not None
    assert [button["value"] for button in block.select("button[name=remove_row]")] == ["0", "1"]
    assert all(box.get("aria-label") for box in block.select("input:not([type=hidden]), select"))


# --- the other macros ----------------------------------------------------------------------

MACROS = {
    "heading": "{{ page.heading(x, x, x, x, x) }}",
    "alert": "{{ page.alert(x, x, x) }}",
    "badge": "{{ page.badge(x, x) }}{{ page.invented(x) }}",
    "stepper": "{{ page.stepper([{'label': x, 'url': x, 'state': x}], x) }}",
    "tasklist": "{{ page.tasklist([{'label': x, 'url': x, 'status': x, 'tone': x, 'hint': x}]) }}",
    "breadcrumb": "{{ page.breadcrumb([(x, x), (x, none)]) }}",
    "pagination": "{{ page.pagination(1, 3, 'guide', {'q': x}) }}",
    "data_list": "{{ page.data_list([(x, x), (x, x, x)]) }}",
    "key_figures": "{{ page.key_figures([(x, x, x)]) }}",
    "empty_state": "{{ page.empty_state(x, x, x, x) }}",
    "action_button": "{{ page.action_button(x, x, x, {x: x}) }}{{ page.action_link_button(x, x, x) }}",
    "details": "{% call page.details(x) %}{{ x }}{% endcall %}",
    "timeline": "{{ page.timeline([{'when': x, 'title': x, 'text': x, 'actor': x, 'tone': x}]) }}",
    "tabs": "{{ page.tabs([{'label': x, 'url': x, 'count': x, 'current': true}], x) }}",
    "file_list": "{{ page.file_list([{'name': x, 'url': x, 'note': x}]) }}",
    "card": "{% call page.card(x, x, x, x) %}{{ x }}{% endcall %}",
    "table": "{{ table.simple(x, [x, x], [[x, x]], stacked=true) }}",
    "cells": "{{ table.cutline(x, 2) }}{{ table.total(x, [(x, true, x)]) }}{{ table.num(x, x) }}",
    "sorting": "{% call table.table(x, [{'label': x, 'sort_url': x, 'sorted': x}], id=x) %}{% endcall %}",
    "confirm": "{% call confirm.confirm(x, x, reason_label=x, reason_hint=x, reason_error=x, cancel_url=x) %}{{ x }}{% endcall %}",
    "filters": "{% call forms.filters(x, x, x, x) %}{{ forms.filter_text('q', x, x) }}{{ forms.filter_select('r', x, [(x, x)], x, x) }}{% endcall %}",
    "buttons": "{{ forms.buttons(x, [(x, x, x)], (x, x), x, x, x) }}",
    "fieldset": "{% call forms.fieldset(x, x, x) %}{{ x }}{% endcall %}",
}


@pytest.mark.parametrize("name", MACROS)
def test_macros_escape_text(guide: Flask, name: str) -> None:
    page = _render(guide, MACROS[name], x=HOSTILE)
    assert page.select("img, b") == []
    assert page.select("[onerror]") == []
    assert "onerror" in str(page)


def test_charts_escape_text(guide: Flask) -> None:
    chart = {
        "tile_map": charts.tile_map("k", HOSTILE, {"twente": 2}, unit=HOSTILE, show=lambda v: f"{v}{HOSTILE}", note=HOSTILE, urls={"twente": HOSTILE}),
        "bars": charts.bars("b", HOSTILE, [charts.Bar(HOSTILE, 1, HOSTILE)], columns=(HOSTILE, "x"), series_names=[HOSTILE]),
        "stacked": charts.stacked("s", HOSTILE, [(HOSTILE, [1])], parts=[HOSTILE], column=HOSTILE),
        "plot": charts.plot("p", HOSTILE, [charts.Series(HOSTILE, (charts.Point(1, 1, HOSTILE, HOSTILE),))], x_label=HOSTILE, y_label=HOSTILE),
    }  # fmt: skip
    for name, view in chart.items():
        page = _render(guide, f"{{{{ charts.{name}(chart) }}}}", chart=view)
        assert page.select("img, b") == [], name
        assert page.select("figure table") != [], name


def test_the_map_is_drawn_with_28_tiles_and_a_table(page: BeautifulSoup) -> None:
    figure = page.select_one(".pp-chart--map")
    assert figure is not None
    assert len(figure.select(".pp-tile")) == 28
    assert len(figure.select("tbody tr")) == 28
    drawing = figure.select_one("svg.pp-map")
    assert drawing is not None
    assert set(drawing["aria-labelledby"].split()) == {"kaart-t", "kaart-d"}


@pytest.mark.parametrize("chart", [".pp-bars", ".pp-stack", ".pp-plot"])
def test_each_drawing_is_an_image_with_a_name_and_a_table(page: BeautifulSoup, chart: str) -> None:
    drawing = page.select_one(chart)
    assert drawing is not None
    assert drawing["role"] == "img"
    assert drawing.title is not None
    assert drawing.desc is not None
    assert drawing.desc.text
    figure = drawing.find_parent("figure")
    assert figure is not None
    assert figure.select("table tbody tr")


def test_stacked_cells_repeat_their_column(page: BeautifulSoup) -> None:
    table = page.select_one(".pp-table--stacked:not(.pp-repeat__table)")
    assert table is not None
    for row in table.select("tbody tr:not(.pp-line, .pp-total)"):
        assert all(cell.get("data-label") for cell in row.find_all(["td", "th"]))


def test_pagination_shows_the_ends_and_what_is_near(guide: Flask) -> None:
    page = _render(guide, "{{ page.pagination(6, 20, 'guide', {'q': 'a b'}) }}")
    numbers = [link.text.removeprefix("Pagina ") for link in page.select("li a")]
    assert numbers == ["1", "4", "5", "6", "7", "8", "20"]
    assert page.select_one("[aria-current=page]").text == "Pagina 6"  # type: ignore[union-attr]
    assert page.select_one("[rel=next]")["href"] == "/?q=a+b&page=7"  # type: ignore[index]
    assert _render(guide, "{{ page.pagination(1, 1, 'guide') }}").text == ""
