"""The blueprint of the slice."""

from flask import Blueprint

from pool.core import outbox

bp = Blueprint("people", __name__)
outbox.place("inbox", "people.inbox")
