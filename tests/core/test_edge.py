"""The edge: headers, hosts, CSRF, writing on a read, and what a failure looks like."""

from __future__ import annotations

import contextvars
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pool.app import create_app
from pool.core.db import db, reading
from tests.conftest import Client, settings
from tests.support.world import World


def test_every_page_carries_a_strict_policy(client: Client, world: World) -> None:
    for path in ("/", "/inloggen", "/bestaat-niet"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
    page = client.get("/").headers
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Cache-Control"] == "no-store"
    assert page["X-Frame-Options"] == "DENY"


def test_a_strange_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_form_without_a_token_is_refused(databases, tmp_path: Path) -> None:
    app = create_app({**settings(databases.make(), tmp_path), "WTF_CSRF_ENABLED": True})
    for path in ("/inloggen", "/uitloggen", "/weergave"):
        answer = contextvars.Context().run(app.test_client().post, path, data={"theme": "dark"})
        assert answer.status_code == 400, path
        assert "Laad de pagina opnieuw" in answer.get_data(as_text=True) or "laad" in answer.get_data(
            as_text=True
        )
    with app.app_context():
        db.engine.dispose()


def test_the_database_refuses_to_write_while_a_page_is_read(real_app: Flask) -> None:
    with real_app.app_context():
        token = reading.set(True)
        try:
            with pytest.raises(DBAPIError):
                db.session.execute(text("INSERT INTO audit_head (chain, length, hash) VALUES ('x', 0, '')"))
        finally:
            db.session.rollback()
            reading.reset(token)
        db.session.execute(text("INSERT INTO audit_head (chain, length, hash) VALUES ('x', 0, '')"))
        db.session.rollback()


def test_an_unexpected_error_tells_nothing_and_commits_nothing(
    databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(
        {**settings(databases.make(), tmp_path), "TESTING": False, "PROPAGATE_EXCEPTIONS": False}
    )

    def broken() -> None:
        raise RuntimeError("geheim-detail")

    monkeypatch.setattr("pool.people.service.sign_in", lambda *_a: broken())
    answer = contextvars.Context().run(
        app.test_client().post, "/inloggen", data={"email": "x", "password": "y"}
    )
    assert answer.status_code == 500
    assert "geheim-detail" not in answer.get_data(as_text=True)
    assert "Er ging iets mis bij ons" in answer.get_data(as_text=True)
    with app.app_context():
        db.engine.dispose()


def test_nul_characters_are_harmless(client: Client, world: World) -> None:
    answer = client.post("/inloggen", data={"email": "a\x00b", "password": "c\x00d"})
    assert answer.status_code == 422
    assert client.get("/inloggen?next=%00").status_code == 200


@pytest.mark.parametrize("path", ["/inloggen", "/"])
def test_head_and_options_are_safe(client: Client, path: str) -> None:
    assert client.head(path).status_code == 200
    assert client.options(path).status_code == 200


def test_a_wrong_method_says_which_are_right(client: Client) -> None:
    answer = client.delete("/inloggen")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
