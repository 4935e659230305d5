"""The outer edge of every request: its moment, its actor, its headers, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from . import access, clock
from .access import SAFE_METHODS, Actor
from .db import db, reading
from .errors import PoolError

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

ActorLoader = Callable[[], Actor]


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _answer(status: int, code: str, message: str) -> tuple[Response | str, int]:
    if _wants_json():
        body = jsonify({"status": status, "title": code, "detail": message})
        body.content_type = "application/problem+json"
        return body, status
    return render_template("_layout/error.html", status=status, message=message), status


def init_edge(app: Flask, load_actor: ActorLoader) -> None:
    """Install the edge. load_actor: who is behind this request (from the people slice)."""

    @app.before_request
    def arrive() -> None:
        # First of all: the moment that deadlines are judged on.
        g.received_at = clock.now()
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
            413: "Wat u verstuurt is te groot.",
        }
        body, status = _answer(
            error.code or 500, error.name, messages.get(error.code or 0, "Dit verzoek klopt niet.")
        )
        response = app.make_response((body, status))
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    def broken(_error: InternalServerError) -> Any:
        db.session.rollback()
        message = "Er ging iets mis bij ons. Wat u al had opgeslagen, is bewaard. Probeer het straks opnieuw."
        return _answer(500, "internal", message)
