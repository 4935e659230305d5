"""The gunicorn worker of this site: threads that answer, and a loop that notes when each request came."""

from __future__ import annotations

import datetime as dt
import selectors
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

from . import clock
from .arrival import arrived

HEAD_WITHIN = dt.timedelta(seconds=1)
"""The head of a request must be in so soon after a thread begins to read it. Otherwise a single byte, sent just
before the close, would keep the door open for what is still to be written."""


class Worker(ThreadWorker):
    """A gunicorn worker with threads that notes when each request came."""

    def enqueue_req(self, conn: TConn) -> None:
        """Put a request in line for a thread. A connection on which nothing was asked yet waits outside the line."""
        if not conn.initialized and not conn.data_ready:
            conn.sock.setblocking(False)
            conn.timeout = time.monotonic() + max(self.cfg.keepalive, DEFAULT_WORKER_DATA_TIMEOUT)
            self.pending_conns.append(conn)
            readable = partial(self.on_pending_socket_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, readable)
            return
        conn.readable_at = clock.now()
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Read and answer a request, in a thread."""
        conn.taken_up_at = clock.now()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request of which the head is in."""
        now = clock.now()
        with arrived(conn.readable_at if now - conn.taken_up_at <= HEAD_WITHIN else now):
            return super().handle_request(req, conn)
