"""Walks the whole site as somebody, with every key of the database in every address."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterator
from typing import Any

import pikepdf
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from pool.applications.states import Section
from pool.core.access import Door, visitor
from pool.core.db import Base, db
from pool.rounds.models import Round
from tests.conftest import Client
from tests.support.canary import Watch
from tests.support.canary_story import TODAY
from tests.support.pdftext import read as read_pdf
from tests.support.world import START, World

PARAMETERS = ("status", "ronde", "regio", "thema", "gemeente", "zoek", "pagina", "met", "user_id", "maximum")
"""What addresses take after the question mark; all of them at once, each with a number of the database."""
TEXTS = {
    "code": ("2027-2", "2028-1"),
    "name": ("close",),
    "number": ("1", "2"),
    "part": ("criteria", "beoordeling"),
}
"""What else stands in addresses, by the name of the part."""
PLACES = ("kennemerland", "twente")
SLUGS = {
    "applications.section": [section.value for section in Section],
    "applications.give_view": PLACES,
    "followup.give_view": PLACES,
}
"""Where a slug is no round."""
KEYS = {
    "application_id": "application",
    "source_id": "application",
    "assessment_id": "assessment",
    "assignment_id": "assignment",
    "file_id": "application_file",
    "item_id": "meeting_item",
    "request_id": "partner_request",
    "user_id": "user_account",
}
"""Whose key a number in an address is, by the name of the part."""
IDENTS = {
    "allocation": "allocation",
    "applications": "application",
    "awards.proposal": "proposal",
    "awards": "decision",
    "followup": "project",
    "people.signatories": "organisation",
    "people": "mail",
    "rounds.end_outage": "outage",
}
"""The same of a part called `ident`, by the name of the page or its slice."""


class Crawl:
    """Notes the marks that somebody meets and may not read. shown: pages that opened; sent: requests."""

    def __init__(self, app: Flask, world: World, watch: Watch) -> None:
        self.app, self.world, self.watch = app, world, watch
        self._numbers: dict[str, list[str]] = {}
        self.slugs = list(db.session.scalars(select(Round.slug).order_by(Round.id)))
        self.shown = self.sent = 0

    def leaks(self, client: Client, key: str, only: tuple[str, ...] = ("/",)) -> list[str]:
        """One line per mark that this person may not read, with the address where it stands.

        key: of the world, empty for a visitor. only: how the addresses begin that are walked.
        """
        actor = self.world.actor(key, START + dt.timedelta(days=TODAY)) if key else visitor()
        eyes, found = self.watch.eyes_of(actor), []
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            entry: Door | None = getattr(self.app.view_functions[rule.endpoint], "door", None)
            walked = "GET" in (rule.methods or ()) and rule.rule.startswith(only)
            # Whom the door refuses, it refuses whatever the address says; see test_access.
            if not walked or entry is None or not entry.admits(actor) or rule.endpoint == "people.sign_in":
                continue
            for address in self.addresses(rule, brief=bool(key) and entry.public):
                response = client.get(address)
                self.sent += 1
                self.shown += response.status_code == 200
                assert response.status_code < 500, address
                said = read(response)
                response.close()
                for mark in eyes.unfit(said):
                    found.append(f"{key or 'visitor'} {address} {mark.field.name} of {mark.application_id}")
        return found

    def numbers(self, table: str) -> list[str]:
        """Every key of a table: a page asks as much of what is foreign as of what is not."""
        if table not in self._numbers:
            key = Base.metadata.tables[table].c.id
            self._numbers[table] = [str(number) for number in db.session.scalars(select(key).order_by(key))]
            assert self._numbers[table], f"the story holds no {table}"
        return self._numbers[table]

    def addresses(self, rule: Rule, *, brief: bool) -> Iterator[str]:
        """Every address of a rule, with every key and every name that could fit.

        brief: of a page for everybody, which the visitor walks in full.
        """
        names = sorted(rule.arguments)
        numbered = [name for name in names if type(rule._converters[name]).__name__ == "IntegerConverter"]
        last, choices = self.numbers("application")[-1], list[Any]()
        for name in names:
            if name in TEXTS:
                choices.append(TEXTS[name])
            elif name in numbered:
                table = IDENTS.get(rule.endpoint) or IDENTS.get(rule.endpoint.partition(".")[0])
                choices.append(self.numbers(KEYS[name] if name in KEYS else str(table)))
            else:
                choices.append(
                    SLUGS.get(rule.endpoint) or (self.slugs[:2] if numbered or brief else self.slugs)
                )
        for values in itertools.product(*choices):
            given = dict(zip(names, values, strict=True))
            typed = {name: rule._converters[name].to_python(value) for name, value in given.items()}
            _host, path = rule.build(typed)  # type: ignore[misc]
            yield path
            if not numbered and not brief:
                yield f"{path}?" + "&".join(f"{name}={last}" for name in PARAMETERS)


def read(response: Any) -> str:
    """All that a response says, also inside a PDF and what is attached to it."""
    content: bytes = response.data
    if not content.startswith(b"%PDF"):
        return f"{content.decode('utf-8', 'replace')} {response.headers.get('Location', '')}"
    with pikepdf.open(io.BytesIO(content)) as pdf:
        attached = [spec.get_file().read_bytes() for spec in pdf.attachments.values()]
        title = str(pdf.docinfo)
        if "/StructTreeRoot" not in pdf.Root:
            # What somebody sent in; the documents that the system makes are all tagged.
            return content.decode("latin-1")
    tree, pages = read_pdf(content)
    loose = [text for page in pages for text in page.artifacts]
    return " ".join([title, tree.text, *loose, *(part.decode("utf-8", "replace") for part in attached)])
