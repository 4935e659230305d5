"""Looking at pages in tests: valid HTML with a title and one heading, and what they say."""

from __future__ import annotations

from typing import Any

import html5lib
from bs4 import BeautifulSoup


def read(response: Any, status: int = 200) -> BeautifulSoup:
    """The page of a response, after a strict look: valid HTML5, a title, one h1, Dutch, and the strict policy."""
    assert response.status_code == status, response.get_data(as_text=True)[:2000]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    text = response.get_data(as_text=True)
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    assert [(place, code) for place, code, _facts in parser.errors] == []
    page = BeautifulSoup(text, "html5lib")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), sorted(x for x in ids if ids.count(x) > 1)
    assert page.html is not None
    assert page.html["lang"] == "nl"
    assert page.title is not None
    assert len(page.find_all("h1")) == 1
    return page


def heading(page: BeautifulSoup) -> str:
    """The text of the h1."""
    assert page.h1 is not None
    return page.h1.get_text(" ", strip=True)


def words(page: BeautifulSoup) -> str:
    """What the main part says, as one line."""
    main = page.main
    assert main is not None
    return " ".join(main.get_text(" ").split())
