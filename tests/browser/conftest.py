"""A real site with the demonstration, and a real Chromium to walk through it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from pool.app import create_app
from pool.core import clock
from pool.core.db import db
from pool.demo import accounts, service
from tests.conftest import Databases, settings

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}


@dataclass
class Site:
    """A running site. work(): carry out what waits, as the worker would."""

    address: str
    app: Flask

    def work(self) -> None:
        with self.app.app_context():
            service.finish_jobs()
            db.session.remove()


@pytest.fixture(scope="session")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = create_app(
        {
            **settings(databases.make(), tmp_path_factory.mktemp("site")),
            "WTF_CSRF_ENABLED": True,
            "POOL_ENV": "demo",
        }
    )
    with app.app_context():
        service.load(clock.now())
        service.finish_jobs()
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


class Visitor:
    """Somebody at a screen. problems: what the browser complained about (script errors, policy violations)."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context = site, context
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        # A page that is not there, or a form that is refused, is reported as an error too; that is no fault.
        if message.type == "error" and "status of 4" not in message.text:
            self.problems.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        return self.page

    def sign_in(self, name: str) -> Page:
        """Sign in as a demo account, e.g. `programma`."""
        self.go("/inloggen")
        self.page.get_by_label("E-mailadres").fill(accounts.address(name))
        self.page.get_by_label("Wachtwoord").fill(accounts.PASSWORD)
        self.page.get_by_role("button", name="Inloggen").click()
        self.page.wait_for_url(lambda url: "/inloggen" not in url)
        return self.page


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser window of their own: `visit(viewport=NARROW, java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Visitor:
        context = browser.new_context(locale="nl-NL", **{"viewport": WIDE, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visitor(site, context)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


def violations(axe: Axe, page: Page) -> list[str]:
    """What axe finds on a page, one line each; empty when it finds nothing."""
    found = axe.run(page).response["violations"]
    return [f"{page.url}: {v['id']} ({v['impact']}) {v['nodes'][0]['html'][:160]}" for v in found]
