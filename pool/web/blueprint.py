"""The blueprint of the roof, and how a file leaves it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Blueprint, Response

from pool.core.text import csv_safe

bp = Blueprint("web", __name__)


def download(content: bytes, content_type: str, name: str) -> Response:
    """A file to keep. name: plain ASCII."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """Rows as CSV that a Dutch spreadsheet opens: semicolons, UTF-8 with a mark, nothing that runs as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    writer.writerows([csv_safe(value) for value in row] for row in rows)
    return download(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", name)
