"""The one blueprint of this slice; each audience has its own file of routes."""

from flask import Blueprint

bp = Blueprint("allocation", __name__)
