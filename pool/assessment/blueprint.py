"""The one blueprint of this slice; each audience has its own file of routes."""

from flask import Blueprint

from pool.core import outbox

bp = Blueprint("assessment", __name__)
outbox.place("assessing", "assessment.index")
outbox.place("assessment_file", "assessment.file", "application_id")
