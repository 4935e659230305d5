"""When a request reached the server: the moment that deadlines are judged on.

In a rush a request stands in line before a thread takes it up, and who sent it in time is in time. So the server
notes when there is something to read on a connection (`core/serving.py`). A server that does not, as in
development, counts from the moment that it takes a request up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from . import clock

_arrived_at: ContextVar[dt.datetime | None] = ContextVar("arrived_at", default=None)


def arrived_at() -> dt.datetime:
    """When the request that is being served reached the server (aware UTC)."""
    return _arrived_at.get() or clock.now()


@contextmanager
def arrived(moment: dt.datetime) -> Iterator[None]:
    """Serve a request that came at this moment (aware UTC)."""
    token = _arrived_at.set(moment)
    try:
        yield
    finally:
        _arrived_at.reset(token)
