"""The benches still run: each fills its database and asks its pages. What they measure is not looked at here."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from flask import Flask
from flask_migrate import upgrade

from pool.app import create_app
from pool.core import clock
from pool.core.db import db
from tests.conftest import MIGRATIONS, Client, settings

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    made = create_app(settings(f"sqlite:///{tmp_path}/bench.db", tmp_path))
    made.test_client_class = Client
    with made.app_context():
        upgrade(directory=str(MIGRATIONS))
    yield made
    with made.app_context():
        db.engine.dispose()


def load(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module(name)


def test_the_pages_that_are_timed_are_there(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = load(monkeypatch, "pages")
    for size, few in (("AWARDS", 3), ("JOINT", 1), ("SCORED", 3)):
        monkeypatch.setattr(pages, size, few)
    pages.fill(site)
    for key, path in pages.PAGES:
        client = cast(Client, site.test_client())
        if key:
            client.sign_in(f"{key}@example.org")
        assert client.get(path).status_code == 200, path


def test_the_surge_has_its_writers(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    surge_site = load(monkeypatch, "_surge_site")
    writers = surge_site.fill(site, 2, clock.now() + dt.timedelta(days=1))
    assert len(writers) == 2
