"""Signing in and out: refusals first."""

from __future__ import annotations

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from sqlalchemy import update
from werkzeug.test import TestResponse

from pool.core.db import db
from pool.people import passwords
from pool.people.models import User
from tests.support.world import World


def test_unknown_person_and_wrong_password_look_alike(client, world: World) -> None:
    wrong = client.post("/inloggen", data={"email": world.email("chair"), "password": "not this one at all"})
    unknown = client.post(
        "/inloggen", data={"email": "nobody@example.org", "password": "not this one at all"}
    )
    assert wrong.status_code == unknown.status_code == 422

    def shown(response: TestResponse, email: str) -> str:
        # The token of a form says when it was made.
        return re.sub(r'name="(csrf_token|once)"[^>]*', "", response.get_data(as_text=True)).replace(
            email, ""
        )

    assert shown(wrong, world.email("chair")) == shown(unknown, "nobody@example.org")
    assert "horen niet bij elkaar" in wrong.get_data(as_text=True)


def test_cookie_opens_nothing_after_sign_out(client, world: World, new_client) -> None:
    client.sign_in(world.email("admin"))
    assert client.get("/mensen").status_code == 200
    cookie = client.get_cookie("session") or client.get_cookie("pool")
    thief = new_client()
    thief.set_cookie(cookie.key, cookie.value)
    assert thief.get("/mensen").status_code == 200
    client.post("/uitloggen")
    assert thief.get("/mensen").status_code == 302


def test_idle_session_ends(real_app, real_world: World) -> None:
    client = real_app.test_client()
    with time_machine.travel(dt.datetime(2027, 1, 5, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        client.sign_in(real_world.email("admin"))
        clock.shift(dt.timedelta(hours=1, minutes=59))
        assert client.get("/mensen").status_code == 200
        clock.shift(dt.timedelta(hours=1, minutes=59))
        assert client.get("/mensen").status_code == 200, "a session in use stays open"
        clock.shift(dt.timedelta(hours=2, minutes=1))
        assert client.get("/mensen").status_code == 302


def test_attempts_are_slowed_but_not_locked(client, world: World) -> None:
    email = world.email("chair")
    with time_machine.travel(dt.datetime(2027, 1, 5, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        for _ in range(5):
            assert (
                client.post("/inloggen", data={"email": email, "password": "wrong wrong"}).status_code == 422
            )
        good = {"email": email, "password": World.PASSWORD}
        assert client.post("/inloggen", data=good).status_code == 429
        elsewhere = client.post("/inloggen", data=good, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        assert elsewhere.status_code == 302
        clock.shift(dt.timedelta(seconds=61))
        assert client.post("/inloggen", data=good).status_code == 302


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_never_redirects_elsewhere(client, world: World, target: str) -> None:
    data = {"email": world.email("chair"), "password": World.PASSWORD, "next": target}
    assert client.post("/inloggen", data=data).location == "/"


def test_wrong_role_is_refused(client, world: World) -> None:
    client.sign_in(world.email("chair"))
    assert client.get("/mensen").status_code == 403


@pytest.mark.parametrize("who", ["chair", None], ids=["known", "unknown"])
def test_guesses_that_come_together_count_one_by_one(
    real_app, real_world: World, monkeypatch: pytest.MonkeyPatch, who: str | None
) -> None:
    email = real_world.email(who) if who else "nobody@example.org"
    guesses = ["wrong wrong wrong"] * 7
    gate, compare = threading.Barrier(len(guesses)), passwords.matches

    def all_at_once(password: str, stored: str | None) -> bool:
        gate.wait()
        return compare(password, stored)

    def guess(password: str) -> int:
        return int(
            real_app.test_client().post("/inloggen", data={"email": email, "password": password}).status_code
        )

    with monkeypatch.context() as patched, ThreadPoolExecutor(len(guesses)) as pool:
        patched.setattr(passwords, "matches", all_at_once)
        answers = sorted(pool.map(guess, guesses))
    # After five failures one waits: the sixth and seventh do not even learn that they were wrong.
    assert answers == [422] * 5 + [429] * 2


def test_a_password_that_was_changed_while_it_was_compared_opens_nothing(
    real_app, real_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, compare = real_world.email("chair"), passwords.matches

    def change_meanwhile(password: str, stored: str | None) -> bool:
        fits = compare(password, stored)
        with real_app.app_context():
            changed = update(User).where(User.email == email)
            db.session.execute(changed.values(password_hash=passwords.make_hash("een heel ander wachtwoord")))
            db.session.commit()
            db.session.remove()
        return fits

    given = {"email": email, "password": World.PASSWORD}
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "matches", change_meanwhile)
        assert real_app.test_client().post("/inloggen", data=given).status_code == 422
