"""The smallest parts of pages, as markup. In Python because a page of fifty rows has hundreds (decision 0052).

`templates/_macros/table.html` and `page.html` give these to the pages under the names of macros. Each cell repeats
the name of its column in `data-label`, for when rows stack on a narrow screen. Texts are escaped, markup is taken
as it is; a `caller` is the body of a call block.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

Caller = Callable[[], Markup]

_NOTHING = Markup('<span aria-hidden="true">–</span><span class="pp-sr">geen</span>')
_NUMERIC = " utrecht-table__cell--numeric-column"


@lru_cache(maxsize=1024)
def _opening(label: str, numeric: bool) -> str:
    """A data cell up to its text; there are few, as a table has few columns."""
    named = f' data-label="{escape(label)}"' if label else ""
    return f'<td role="cell" class="utrecht-table__cell pp-cell{_NUMERIC if numeric else ""}"{named}><span class="pp-cell__value">'


def _inside(text: object, caller: Caller | None) -> str:
    found = escape(text) if text is not None else ""
    return found + caller() if caller is not None else found


def cell(text: object = None, label: str = "", numeric: bool = False, caller: Caller | None = None) -> Markup:
    """Any cell; give text, or use a call block for badges, links and the like. Nothing at all is read as 'geen'."""
    inside = _NOTHING if text is None and caller is None else _inside(text, caller)
    return Markup(f"{_opening(label, numeric)}{inside}</span></td>")


def num(text: object, label: str = "") -> Markup:
    """A cell with a number or an amount, at the right."""
    return cell(text, label, True)


def rowhead(text: object, label: str = "", url: str | None = None, caller: Caller | None = None) -> Markup:
    """The cell that names the row, as a link when it has an address."""
    named = f' data-label="{escape(label)}"' if label else ""
    linked = f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text)
    more = caller() if caller is not None else ""
    return Markup(
        f'<th scope="row" role="rowheader" class="utrecht-table__cell pp-cell pp-cell--head"{named}>'
        f'<span class="pp-cell__value">{linked}{more}</span></th>'
    )


def row(tone: str | None = None, id: str | None = None, caller: Caller | None = None) -> Markup:
    """A row around its cells. tone: 'muted' for what falls outside, 'strong' for what counts most."""
    named = f' id="{escape(id)}"' if id else ""
    toned = f" pp-row--{escape(tone)}" if tone else ""
    inside = caller() if caller is not None else ""
    return Markup(f'<tr class="utrecht-table__row{toned}" role="row"{named}>{inside}</tr>')


_TONES = {tone: tone for tone in ("success", "warning", "danger", "info", "brand")} | {"error": "danger"}


def badge(label: object, tone: str = "neutral") -> Markup:
    """tone: success, warning, danger, info, brand or neutral. The word carries the meaning, not the colour."""
    return Markup(
        f'<span class="utrecht-badge-status pp-badge pp-badge--{_TONES.get(tone, "neutral")}">{escape(label)}</span>'
    )


def invented(label: object = "verzonnen") -> Markup:
    """Marks a fact that the demo made up."""
    return Markup(f'<span class="pp-invented">{escape(label)}</span>')


def quiet(text: object) -> Markup:
    """A remark that matters less than what it stands beside."""
    return Markup(f'<span class="pp-quiet">{escape(text)}</span>')


PARTS = {f"markup_{part.__name__}": part for part in (cell, num, rowhead, row, badge, invented, quiet)}
"""Under which names templates know them."""
