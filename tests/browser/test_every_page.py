"""Every page that somebody can reach by following links: axe in light and dark, nothing wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NARROW, Visitor, violations

# The first one loads the whole demonstration.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PEOPLE = {
    "bezoeker": "",
    "aanvrager": "aanvrager haarlem",
    "regionaal-projectleider": "projectleider kennemerland",
    "beoordelaar": "beoordelaar 1",
    "voorzitter": "voorzitter",
    "programmateam": "programma",
    "beslisser": "beslisser",
    "auditor": "auditor",
    "beheerder": "beheerder",
}
DOWNLOADS = (".csv", ".pdf", ".json", ".py", ".txt", "/pdf", "/csv", "/json")
MOST_PAGES = 60
seen_by_everybody: set[str] = set()
"""Kinds of pages that the visitor has walked through already; they need not be walked again in every role."""


def _kind(path: str) -> str:
    """Pages of one kind look alike: numbers and names in the address are left out of the comparison."""
    return re.sub(
        r"(?<=/)(\d+|[a-z0-9]+(-[a-z0-9]+)*-\d{4}|open-ronde|ronde-in-beoordeling)(?=/|$)", "*", path
    )


def _reachable(visitor: Visitor) -> tuple[list[str], list[str]]:
    """One address of every kind that can be reached from the home page by plain links, and the links that fail."""
    seen: dict[str, str] = {}
    broken: list[str] = []
    waiting = ["/"]
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        kind = _kind(path)
        if kind in seen or path.endswith(DOWNLOADS):
            continue
        answer = visitor.page.request.get(visitor.site.address + path)
        if answer.status != 200:
            broken.append(f"{path} is linked and answers {answer.status}")
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen[kind] = path
        for target in re.findall(r'<a [^>]*href="([^"#]+)"', answer.text()):
            parts = urlsplit(target.replace("&amp;", "&"))
            if not parts.scheme and not parts.netloc and parts.path.startswith("/"):
                waiting.append(parts.path)
    return list(seen.values()), broken


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_accessible_and_fits(visit: Callable[..., Visitor], axe: Axe, who: str) -> None:
    visitor = visit()
    if PEOPLE[who]:
        visitor.sign_in(PEOPLE[who])
    pages, found = _reachable(visitor)
    for path in pages:
        if who != "bezoeker" and path != "/" and _kind(path) in seen_by_everybody:
            continue
        if who == "bezoeker":
            seen_by_everybody.add(_kind(path))
        visitor.page.set_viewport_size({"width": 1280, "height": 900})
        for scheme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            visitor.go(path)
            found += [f"{scheme} {line}" for line in violations(axe, visitor.page)]
        visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            found.append(f"{path} is {width} wide on a screen of {NARROW['width']}")
    assert len(pages) >= 3
    assert visitor.problems == []
    assert found == [], "\n".join(found)
