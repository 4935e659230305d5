"""Pages of the roof: home per role, and the public register."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from pool.core.access import door

bp = Blueprint("web", __name__)
blueprints = [bp]


@bp.get("/")
@door(public=True)
def home() -> Any:
    return render_template("web/home.html")
