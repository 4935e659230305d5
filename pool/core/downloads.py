"""A file that somebody sent in, given to somebody else: always as a download, never as a page of this site."""

from __future__ import annotations

import structlog
from flask import Response, send_file

from . import blobs
from .errors import PoolError

log = structlog.get_logger()

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""A browser that shows the file all the same gives it no script, no form, and no origin."""


class Unavailable(PoolError):
    """It exists, but can't be given now."""

    status = 503


def give(sha256: str, name: str, media_type: str) -> Response:
    """The kept bytes as an attachment with the fixed media type that belongs to what they are."""
    try:
        kept = blobs.open_(sha256)
    except blobs.Lost as error:
        log.error("blob.lost", sha256=sha256)
        raise Unavailable(
            "lost", "Dit bestand is nu niet beschikbaar. Wij zoeken uit waarom. Probeer het later opnieuw."
        ) from error
    response = send_file(kept, mimetype=media_type, as_attachment=True, download_name=name)
    headers = response.headers
    headers["Content-Length"] = str(blobs.path_of(sha256).stat().st_size)
    headers["Content-Security-Policy"] = SANDBOX
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
