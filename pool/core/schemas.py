"""JSON in and out: the base schema, and fields for money, merit and moments.

Unknown keys are refused, so that nobody can set what is not theirs to set.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from marshmallow import RAISE, Schema, fields

from .money import format_plain


class PoolSchema(Schema):
    class Meta:
        unknown = RAISE


class Amount(fields.Field[int]):
    """Integer cents, written as a decimal text in euros ("1234.50"): no float on the way."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format_plain(value)


class Points(fields.Field[int]):
    """Merit in integer thousandths, written as a decimal text in points ("71.250")."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 1000}.{value % 1000:03d}"


class UTCMoment(fields.Field[dt.datetime]):
    """An aware moment, written in UTC as RFC 3339."""

    def _serialize(self, value: dt.datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
