"""The link in an invitation: signed, so that a made-up one is refused before anything is looked up.

A mail to somebody without an account must hold a full address; this is the one place where the slice makes one.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from pool.core.errors import Missing

PATH = "/partnerverzoek/"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="partner-invitation")


def address(secret: str) -> str:
    """The full address of the page that this secret opens."""
    return f"{current_app.config['POOL_BASE_URL']}{PATH}{_signer().dumps(secret)}"


def secret_of(token: str) -> str:
    """The secret that a link carries; Missing when we did not sign it."""
    try:
        return str(_signer().loads(token))
    except BadSignature as error:
        raise Missing from error
