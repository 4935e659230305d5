"""The configuration: what is refused, with all problems at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask

import config
from pool.app import create_app
from pool.core.db import db
from pool.people.models import User
from tests.support.world import World

GOOD = {
    "POOL_ENV": "production",
    "POOL_SECRET_KEY": "x" * 40,
    "POOL_DATABASE_URL": "postgresql+psycopg://pool@/pool",
    "POOL_BASE_URL": "https://pool.example.org",
}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"POOL_ENV": "prod"}, "POOL_ENV"),
        ({"POOL_SECRET_KEY": ""}, "POOL_SECRET_KEY"),
        ({"POOL_SECRET_KEY": "changeme"}, "POOL_SECRET_KEY"),
        ({"POOL_SECRET_KEY": "short"}, "POOL_SECRET_KEY"),
        ({"POOL_DATABASE_URL": ""}, "POOL_DATABASE_URL is missing"),
        ({"POOL_DATABASE_URL": "mysql://x"}, "must begin with"),
        ({"POOL_BASE_URL": "http://pool.example.org"}, "https://"),
        ({"POOL_BASE_URL": "pool"}, "POOL_BASE_URL"),
        ({"POOL_SMTP_URL": "ftp://x"}, "POOL_SMTP_URL"),
        ({"PORT": "veel"}, "PORT"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(change: dict[str, str], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=complaint):
        config.load({**GOOD, "POOL_DATA_DIR": str(tmp_path), **change})


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError) as refusal:
        config.load({"POOL_ENV": "production", "POOL_DATA_DIR": str(tmp_path)})
    assert str(refusal.value).count("\n- ") >= 3


def test_production_is_strict_about_cookies(tmp_path: Path) -> None:
    settings = config.load({**GOOD, "POOL_DATA_DIR": str(tmp_path)})
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["TRUSTED_HOSTS"] == ["pool.example.org"]


def test_outside_production_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    environment = {"POOL_ENV": "demo", "POOL_DATA_DIR": str(tmp_path)}
    first = config.load(environment)["SECRET_KEY"]
    assert len(first) >= config.MINIMUM_SECRET_LENGTH
    assert config.load(environment)["SECRET_KEY"] == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_production_refuses_demonstration_accounts(real_app: Flask, real_world: World) -> None:
    settings = {**real_app.config, "POOL_ENV": "production"}
    clean = create_app(settings)
    with clean.app_context():
        db.engine.dispose()
    with real_app.app_context():
        db.session.add(
            User(
                email="demo@example.org",
                name="Demo",
                password_hash="x",
                is_demo=True,
                created_at=dt.datetime.now(dt.UTC),
            )
        )
        db.session.commit()
        db.session.remove()
    with pytest.raises(config.ConfigError, match="demonstration accounts"):
        create_app(settings)
