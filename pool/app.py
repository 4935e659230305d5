"""create_app: wiring only."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import structlog
from flask import Flask, Request
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import inspect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import config
from pool.core import mailbox, outbox, undelivered  # noqa: F401  register their tables and handler
from pool.core.db import db, init_db
from pool.core.edge import init_arrival, init_edge
from pool.stages import SLICES

migrate = Migrate()
csrf = CSRFProtect()


def _optional(name: str) -> Any | None:
    """The module, or None when this slice has no such room."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application. settings: overrides of what config.load gives, for tests and tools."""
    app = Flask(
        __name__,
        root_path=str(config.ROOT / "pool"),
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
    )
    app.config.update(config.load() if settings is None or "POOL_ENV" not in settings else {})
    app.config.update(settings or {})
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///"):
        app.config["POOL_DATA_DIR"].mkdir(parents=True, exist_ok=True)
    init_db(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    init_arrival(app)
    csrf.init_app(app)
    _mount_slices(app)
    if app.config["POOL_ENV"] == "production":
        _refuse_demo_accounts(app)
    if app.config["POOL_PROXIES"]:
        hops = app.config["POOL_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=app.static_folder,
        prefix="static/",
        autorefresh=app.config["POOL_ENV"] != "production",
    )
    return app


def _refuse_demo_accounts(app: Flask) -> None:
    """Their password is printed by the demonstration, so a production site must not know them."""
    from pool.people.queries import demo_accounts

    with app.app_context():
        # Before the first migration there are no accounts at all.
        found = inspect(db.engine).has_table("user_account") and demo_accounts()
        db.session.remove()
        # A server forks after this; no connection may be shared by its workers.
        db.engine.dispose()
    if found:
        raise config.ConfigError(
            "This database holds demonstration accounts; production does not start with it. "
            "Use a database of its own (POOL_DATABASE_URL)."
        )


class PoolRequest(Request):
    """A request whose form may have many small fields: a budget with a hundred rows is a real thing."""

    max_form_parts = 5000


def _mount_slices(app: Flask) -> None:
    app.request_class = PoolRequest
    for name in SLICES:
        _optional(f"pool.{name}.models")
        _optional(f"pool.{name}.jobs")
        _optional(f"pool.{name}.receivers")
    from pool.people.sessions import load_actor

    init_edge(app, load_actor)
    for name in SLICES:
        routes = _optional(f"pool.{name}.routes")
        if routes is not None:
            for blueprint in routes.blueprints:
                app.register_blueprint(blueprint)
        commands = _optional(f"pool.{name}.cli")
        if commands is not None:
            for group in commands.groups:
                app.cli.add_command(group)
    from pool.web.context import init_context

    init_context(app)
