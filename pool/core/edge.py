"""The outer edge of every request: its moment, its actor, its headers, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from . import access
from .access import SAFE_METHODS, Actor
from .arrival import arrived_at
from .db import db, reading
from .errors import PoolError

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

ActorLoader = Callable[[], Actor]


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _answer(status: int, code: str, message: str, back: str | None = None) -> tuple[Response | str, int]:
    if _wants_json():
        body = jsonify({"status": status, "title": code, "detail": message})
        body.content_type = "application/problem+json"
        return body, status
    page = render_template("_layout/error.html", status=status, message=message, back=back, failed=True)
    return page, status


def init_arrival(app: Flask) -> None:
    """Note when a request reached the server: the moment that deadlines are judged on.

    Installed before everything else, because whoever looks at the form (CSRF) first waits until a large file is in.
    """

    @app.before_request
    def note_arrival() -> None:
        g.received_at = arrived_at()


DRAIN = 200 * 1024 * 1024
"""Bytes of a request that is too large which are still read, so that its sender gets to see the answer."""


def _drain() -> None:
    """Read and forget the rest of a request: who is still sending when the server hangs up sees no page."""
    left = min(request.content_length or 0, DRAIN)
    with suppress(OSError):
        while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 1 << 20))):
            left -= len(chunk)


def _too_large() -> str:
    most = (request.max_content_length or 0) // (1024 * 1024)
    return (
        f"U kunt niet meer dan {most} MB in één keer versturen. Er is niets van toegevoegd; wat u eerder hebt "
        "opgeslagen, is er nog. Maak het bestand kleiner en probeer het opnieuw."
    )


def init_edge(app: Flask, load_actor: ActorLoader) -> None:
    """Install the edge. load_actor: who is behind this request (from the people slice)."""

    @app.before_request
    def arrive() -> None:
        g.reading_token = reading.set(request.method in SAFE_METHODS)
        g.actor = access.visitor(g.received_at)
        if request.endpoint != "static":
            g.actor = load_actor()

    access.refuse_unlisted(app)

    @app.after_request
    def seal(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        return response

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        token = g.pop("reading_token", None)
        if token is not None:
            reading.reset(token)

    @app.errorhandler(PoolError)
    def refuse(error: PoolError) -> Any:
        db.session.rollback()
        return _answer(error.status, error.code, error.message)

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Any:
        message = "Uw sessie is verlopen of het formulier is te oud. Ga terug, laad de pagina opnieuw en verstuur nog eens."
        return _answer(400, "csrf", message)

    @app.errorhandler(SecurityError)
    def strange_host(_error: SecurityError) -> Any:
        # No page: without a trusted host there is no address to build links on.
        return Response("Dit adres hoort niet bij deze site.\n", 400, mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def plain(error: HTTPException) -> Any:
        if isinstance(error, InternalServerError):
            return broken(error)
        messages = {
            404: "Deze pagina bestaat niet.",
            405: "Dit kan niet op deze pagina.",
        }
        back = None
        if error.code == 413:
            _drain()
            messages[413] = _too_large()
            back = request.path if request.url_rule and "GET" in (request.url_rule.methods or ()) else None
            if "actor" not in g:
                # The form was looked at before anybody asked who sent it.
                arrive()
        message = messages.get(error.code or 0, "Dit verzoek klopt niet.")
        body, status = _answer(error.code or 500, error.name, message, back)
        response = app.make_response((body, status))
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    def broken(_error: InternalServerError) -> Any:
        db.session.rollback()
        message = "Er ging iets mis bij ons. Wat u al had opgeslagen, is bewaard. Probeer het straks opnieuw."
        return _answer(500, "internal", message)
