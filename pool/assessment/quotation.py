"""Whether an application says what is quoted from it: no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pool.applications.queries import Part


def occurs(quotation: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts holds the quotation, letter by letter; white space does not count, because a page
    breaks lines and a copy of it loses or adds some."""
    wanted = _packed(quotation)
    return bool(wanted) and any(wanted in _packed(text) for text in texts)


def texts_of(parts: Iterable[Part]) -> Iterator[str]:
    """Every text that a reader of these parts sees, one by one: a quotation comes from one of them."""
    for part in parts:
        yield from (value for _, value in part.facts)
        yield from (value for _, value in part.texts)
        for table in part.tables:
            for row in table.rows:
                yield from row


def _packed(text: str) -> str:
    return "".join(text.split())
