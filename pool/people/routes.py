"""Pages: sign in, sign out, the theme of the screen, and the list of people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from pool.core.access import Role, current_actor, door
from pool.core.db import db
from pool.core.errors import TooSoon

from . import (
    queries,
    routes_background,
    routes_mail,
    routes_signing,
    routes_undelivered,
    service,
    sessions,
)
from .blueprint import bp
from .forms import SignInForm

blueprints = [bp]
__all__ = ["blueprints", "routes_background", "routes_mail", "routes_signing", "routes_undelivered"]

THEMES = ("auto", "light", "dark")


@bp.record_once
def _init(state: Any) -> None:
    sessions.init_sessions(state.app)


def safe_target(target: str) -> str:
    """A page of this site to go on to; the home page when the target is anything else."""
    parts = urlsplit(target)
    own = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    if not own or "\\" in target or any(ord(c) < 32 for c in target):
        return url_for("web.home")
    return target


@bp.route("/inloggen", methods=["GET", "POST"])
@door(public=True)
def sign_in() -> Any:
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            secret = service.sign_in(
                current_actor(), form.email.data, form.password.data, request.remote_addr or ""
            )
        except TooSoon as error:
            db.session.rollback()
            form.refuse(error)
            return render_template("people/sign_in.html", form=form, page_errors=True), 429
        # Durable before anything is told: a failed attempt counts too.
        db.session.commit()
        if secret is None:
            form.form_errors.append(service.WRONG)
        else:
            return _start(secret, form.next.data or "")
    page = render_template("people/sign_in.html", form=form, page_errors=bool(form.errors))
    return page, 422 if form.errors else 200


def _start(secret: str, target: str) -> Any:
    actor = current_actor()
    holder = sessions.session_holder(secret, actor.at)
    theme = session.get("theme")
    session.clear()
    if theme:
        session["theme"] = theme
    login_user(holder)
    return redirect(safe_target(target))


@bp.post("/uitloggen")
@door(public=True)
def sign_out() -> Any:
    if current_user.is_authenticated:
        service.sign_out(current_actor(), current_user.get_id())
    logout_user()
    session.clear()
    return redirect(url_for("web.home"))


@bp.post("/weergave")
@door(public=True)
def set_theme() -> Any:
    theme = request.form.get("theme", "auto")
    session["theme"] = theme if theme in THEMES else "auto"
    return redirect(safe_target(request.form.get("next", "/")))


@bp.get("/mensen")
@door(Role.ADMIN)
def index() -> Any:
    people = db.session.scalars(queries.visible_to(current_actor())).unique().all()
    return render_template("people/index.html", people=people)
