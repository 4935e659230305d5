"""The ground under every test: one migrated database per worker, one outer transaction per test.

POOL_TEST_DB chooses the database: sqlite (default) or postgresql. A test that needs real commits, several
processes or several connections takes `real_app`, which has a database of its own.
"""

from __future__ import annotations

import contextlib
import contextvars
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy import event, make_url

from pool.app import create_app
from pool.core.db import db
from tests.support import postgres
from tests.support.browser import launch_options
from tests.support.stages import Stages, staged
from tests.support.world import World

SECRET = "test-secret-that-is-long-enough-for-anything"
DATABASE = os.environ.get("POOL_TEST_DB", "sqlite")
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    if DATABASE == "postgresql":
        # Before the workers start, so that they share one server.
        postgres.ensure()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what touches the database; pure tests say the same there as in the run on SQLite."""
    if DATABASE != "postgresql":
        return
    pure = [item for item in items if "databases" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if item not in set(pure)]


def pytest_report_header() -> str:
    return f"database: {DATABASE}"


def settings(url: str, folder: Path) -> dict[str, Any]:
    return {
        "POOL_ENV": "test",
        "POOL_DATA_DIR": folder,
        "POOL_BASE_URL": "http://localhost",
        "POOL_SMTP_URL": "",
        "POOL_MAIL_FROM": "projectenpool@example.org",
        "POOL_PROXIES": 0,
        "POOL_CLAMD": "",
        "SECRET_KEY": SECRET,
        "SQLALCHEMY_DATABASE_URI": url,
        "TRUSTED_HOSTS": ["localhost", "127.0.0.1"],
        "MAX_CONTENT_LENGTH": 30 * 1024 * 1024,
        "WTF_CSRF_ENABLED": False,
        "WTF_I18N_ENABLED": False,
        "TESTING": True,
    }


def _migrate(url: str, folder: Path) -> None:
    app = create_app(settings(url, folder))
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        db.engine.dispose()


class Databases:
    """Makes migrated databases quickly: from a template that was migrated once per worker."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder, self.worker, self.count = folder, worker, 0
        if DATABASE == "postgresql":
            # Named after what it holds, so that a server that lasts never gives an old schema.
            content = b"".join(p.read_bytes() for p in sorted(MIGRATIONS.glob("versions/*.py")))
            name = f"schema_{hashlib.sha256(content).hexdigest()[:12]}"
            self.template = postgres.template_database(name, lambda url: _migrate(url, folder))
        else:
            self.template = str(folder / "template.db")
            _migrate(f"sqlite:///{self.template}", folder)

    def make(self, like: str | None = None) -> str:
        """The address of a new database: migrated and empty, or a copy of the one at the address `like`."""
        self.count += 1
        name = f"test_{self.worker}_{self.count}"
        if DATABASE == "postgresql":
            template = make_url(like).database if like else self.template
            return postgres.create_database(name, template=template)
        path = self.folder / f"{name}.db"
        shutil.copyfile(like.removeprefix("sqlite:///") if like else self.template, path)
        return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return Databases(tmp_path_factory.mktemp("databases"), worker)


class Client(FlaskClient):
    """A browser for tests. Each request runs in a context of its own, as on a server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(RuntimeError):
            db.session.commit()
        response = contextvars.Context().run(super().open, *args, **kwargs)
        with contextlib.suppress(RuntimeError):
            db.session.expire_all()
        return response

    def sign_in(self, email: str, password: str = World.PASSWORD) -> Client:
        response = self.post("/inloggen", data={"email": email, "password": password})
        assert response.status_code == 302, response.get_data(as_text=True)
        return self


@pytest.fixture(scope="session")
def shared_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(settings(databases.make(), tmp_path_factory.mktemp("data")))
    app.test_client_class = Client
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def stages(shared_app: Flask, databases: Databases) -> Iterator[Stages]:
    found = Stages(shared_app, databases.make)
    yield found
    found.close()


@pytest.fixture
def app(shared_app: Flask, stages: Stages, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with its context pushed; whatever a test commits is gone afterwards."""
    with shared_app.app_context():
        stage = Stages.current = stages.wanted(request)
        engines: Any = db.engines
        usual = engines[None]
        connection = (stage.engine if stage else usual).connect()
        outer = connection.begin()
        engines[None] = connection
        try:
            yield shared_app
        finally:
            Stages.current = None
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = usual


@pytest.fixture
def client(app: Flask) -> Client:
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def new_client(app: Flask) -> Callable[[], Client]:
    """Makes further browsers, each with cookies of its own."""
    return app.test_client  # type: ignore[return-value]


class Counted:
    """The statements that were sent while counting."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def number(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], contextlib.AbstractContextManager[Counted]]:
    """`with count_queries() as counted:` counts the SELECTs and changes inside the block."""

    @contextlib.contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
                counted.statements.append(statement)

        connection = db.engine
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counting


@staged
def world(app: Flask) -> World:
    """Regions, themes, and one signed-up person per role; see tests/support/world.py."""
    return World.build()


@pytest.fixture
def real_world(real_app: Flask) -> World:
    """The world in the database of `real_app`, committed; no context stays pushed."""
    with real_app.app_context():
        world = World.build()
        db.session.remove()
    return world


@pytest.fixture
def real_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, without an outer transaction: commits are real."""
    app = create_app(settings(databases.make(), tmp_path))
    app.test_client_class = Client
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The only one: Playwright refuses to start a second time in a process where it runs."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium."""
    started = playwright.chromium.launch(**launch_options(playwright))
    yield started
    started.close()
