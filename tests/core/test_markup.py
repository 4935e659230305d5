"""The smallest parts of pages: escaped, named for narrow screens, and the same as a macro would make."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from pool.core import markup

HOSTILE = """<img src=x onerror="a&'b'">"""
ESCAPED = "&lt;img src=x onerror=&#34;a&amp;&#39;b&#39;&#34;&gt;"


@pytest.mark.parametrize(
    "made",
    [
        markup.cell(HOSTILE),
        markup.cell("x", HOSTILE),
        markup.num(HOSTILE, HOSTILE),
        markup.rowhead(HOSTILE, HOSTILE, HOSTILE),
        markup.row(HOSTILE, HOSTILE, lambda: Markup("")),
        markup.badge(HOSTILE, HOSTILE),
        markup.invented(HOSTILE),
        markup.quiet(HOSTILE),
    ],
)
def test_texts_never_become_markup(made: Markup) -> None:
    assert "<img" not in made
    assert 'onerror="' not in made


def test_markup_stays_markup() -> None:
    assert "<b>&amp;</b>" in markup.cell(Markup("<b>&amp;</b>"))
    assert f"<em>{ESCAPED}</em>" in markup.cell(Markup("<em>{}</em>").format(HOSTILE))


def test_a_cell_says_its_column_and_what_is_not_there() -> None:
    assert markup.cell("tien", "Aantal") == (
        '<td role="cell" class="utrecht-table__cell pp-cell" data-label="Aantal">'
        '<span class="pp-cell__value">tien</span></td>'
    )
    assert "data-label" not in markup.cell("tien")
    assert '<span class="pp-sr">geen</span>' in markup.cell()
    assert ">0<" in markup.cell(0)
    assert "><" in markup.cell("")
    assert "numeric-column" in markup.num(1)
    assert "numeric-column" not in markup.cell(1)


def test_the_body_of_a_call_comes_after_the_text() -> None:
    body = lambda: Markup("<i>meer</i>")  # noqa: E731
    assert "tekst<i>meer</i></span>" in markup.cell("tekst", caller=body)
    assert "><i>meer</i></span>" in markup.cell(caller=body)
    assert '<a href="/x">naam</a><i>meer</i></span></th>' in markup.rowhead("naam", url="/x", caller=body)
    assert markup.row("muted", "een", body) == (
        '<tr class="utrecht-table__row pp-row--muted" role="row" id="een"><i>meer</i></tr>'
    )


@pytest.mark.parametrize(
    ("tone", "css"), [("success", "success"), ("error", "danger"), ("paars", "neutral"), ("", "neutral")]
)
def test_a_badge_knows_its_tones(tone: str, css: str) -> None:
    assert f'pp-badge--{css}">' in markup.badge("woord", tone)
