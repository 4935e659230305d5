"""A request counts from the moment that it reached the server, also when it then had to wait for its turn."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import pytest

from pool.core import clock
from pool.core.serving import HEAD_WITHIN

ROOT = Path(__file__).resolve().parent.parent.parent
# Answers with the moment of arrival. A path is a file that it waits for first, so that whoever comes next waits too.
APPLICATION = """
import os, time
from urllib.parse import parse_qs
from pool.core.arrival import arrived_at
def app(environ, start_response):
    arrived = arrived_at()
    while environ["PATH_INFO"] != "/" and not os.path.exists(environ["PATH_INFO"]):
        time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [arrived.isoformat().encode()]
"""
REQUEST = "GET {} HTTP/1.1\r\nHost: here\r\n\r\n"


@dataclass
class Served:
    """A server with one thread, and a file that ends the waiting."""

    address: str
    gate: Path


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    (tmp_path / "slow.py").write_text(APPLICATION)
    address = f"{tmp_path}/socket"
    worker = getattr(request, "param", "pool.core.serving.Worker")
    command = [sys.executable, "-m", "gunicorn", "--config", "/dev/null", "--bind", f"unix:{address}"]
    command += [
        "--worker-class",
        worker,
        "--workers",
        "1",
        "--threads",
        "1",
        "--no-control-socket",
        "slow:app",
    ]
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    log = tmp_path / "log"
    with log.open("wb") as told:
        server = subprocess.Popen(
            command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, stdout=told, stderr=told
        )
    with server:
        while b"Booting worker" not in log.read_bytes():
            assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        yield Served(address, tmp_path / "gate")
        (tmp_path / "gate").touch()
        server.terminate()


def connect(served: Served, stack: ExitStack) -> socket.socket:
    found = stack.enter_context(socket.socket(socket.AF_UNIX))
    found.settimeout(60)
    found.connect(served.address)
    return found


def ask(connection: socket.socket, path: str = "/") -> None:
    connection.sendall(REQUEST.format(path).encode())


def answer(connection: socket.socket) -> dt.datetime:
    """The moment of arrival that the server gives."""
    with HTTPResponse(connection) as response:
        response.begin()
        return dt.datetime.fromisoformat(response.read().decode())


def arrivals_in_a_queue(served: Served, *, kept_alive: bool) -> tuple[dt.datetime, dt.datetime]:
    """When a request arrived that had to wait for another one, and when that other one was let go."""
    with ExitStack() as stack:
        first, second = connect(served, stack), connect(served, stack)
        if kept_alive:
            ask(second)
            answer(second)
        ask(first, str(served.gate))
        time.sleep(0.3)
        ask(second)
        time.sleep(0.5)
        let_go = clock.now()
        served.gate.touch()
        answer(first)
        return answer(second), let_go


@pytest.mark.parametrize("kept_alive", [False, True], ids=["new connection", "connection that was kept"])
def test_a_request_that_waits_in_line_came_before_its_turn(served: Served, kept_alive: bool) -> None:
    arrived, let_go = arrivals_in_a_queue(served, kept_alive=kept_alive)
    assert arrived < let_go


@pytest.mark.parametrize("served", ["gthread"], indirect=True)
def test_the_usual_worker_would_count_from_its_turn(served: Served) -> None:
    arrived, let_go = arrivals_in_a_queue(served, kept_alive=False)
    assert arrived >= let_go


def test_a_connection_alone_is_no_request(served: Served) -> None:
    with ExitStack() as stack:
        early = connect(served, stack)
        time.sleep(0.3)
        asked_at = clock.now()
        ask(early)
        assert answer(early) >= asked_at


def test_a_first_byte_in_time_does_not_hold_the_door(served: Served) -> None:
    with ExitStack() as stack:
        slow = connect(served, stack)
        whole = REQUEST.format("/").encode()
        slow.sendall(whole[:1])
        time.sleep(HEAD_WITHIN.total_seconds() + 0.5)
        rest_sent_at = clock.now()
        slow.sendall(whole[1:])
        assert answer(slow) >= rest_sent_at


def test_idle_connections_keep_nobody_waiting(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            connect(served, stack)
        asking = connect(served, stack)
        ask(asking)
        # The only thread would wait for the first of them for seconds.
        assert clock.now() - answer(asking) < dt.timedelta(seconds=4)
