"""Models and migrations say the same, and every migration goes up and down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, inspect

from pool.core.db import db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def test_the_migrations_make_what_the_models_say(real_app: Flask) -> None:
    with real_app.app_context():
        assert _differences() == []


def test_the_comparison_can_fail(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    poorer = MetaData()
    monkeypatch.setattr(db, "metadatas", {None: poorer})
    with real_app.app_context():
        assert _differences() != []


def test_there_is_one_head_and_the_numbers_follow() -> None:
    scripts = _scripts()
    assert len(scripts.get_heads()) == 1
    numbers = sorted(script.revision for script in scripts.walk_revisions())
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_every_migration_goes_down_and_up_again(real_app: Flask) -> None:
    with real_app.app_context():
        for _ in list(_scripts().walk_revisions()):
            downgrade(directory=str(MIGRATIONS), revision="-1")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(directory=str(MIGRATIONS))
        assert _differences() == []


def test_check_constraints_of_the_models_are_in_the_database(real_app: Flask) -> None:
    """Autogenerate does not compare CHECKs, so they are counted by name here."""
    with real_app.app_context():
        inspector = inspect(db.engine)
        for table in db.metadata.sorted_tables:
            wanted = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
            present = {str(c["name"]) for c in inspector.get_check_constraints(table.name)}
            assert wanted <= present, table.name
