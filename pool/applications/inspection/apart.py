"""Check a file in a process of its own, with bounds on memory, processor time and waiting.

A parser that meets a hostile file may need more than anyone foresaw. In a process of its own the worst is
that this process is stopped, and the file refused. Starting Python and loading the parsers takes longer than
most checks, so helpers that have them loaded stay around and copy themselves (fork) for every file. They are
started afresh instead of forked from the web server, so that they hold none of its connections and secrets.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from pool.applications.inspection.contents import Kind
from pool.applications.inspection.refusal import Limits, Reason, Refusal

_ROOT = Path(__file__).resolve().parents[3]


class _Helper:
    """One running helper: a line of JSON to its input is answered by a line of JSON on its output."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pool.applications.inspection.helper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={"LANG": "C.UTF-8"},
            text=True,
        )

    def ask(self, question: str) -> str:
        """The answer, empty when the helper is gone or went while it spoke."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return ""
        answer = self.process.stdout.readline()
        return answer if answer.endswith("\n") else ""

    def close(self) -> None:
        """End the helper and everything that belongs to it."""
        self.process.kill()
        self.process.communicate()


class _Helpers:
    """The helpers that wait for a file; each is used by one thread at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.idle: list[_Helper] = []
        self.of_parent: list[_Helper] = []

    def forget(self) -> None:
        """After a fork the helpers belong to the parent: two processes on one line would mix up answers."""
        self.lock = threading.Lock()
        self.of_parent, self.idle = self.idle, []

    def take(self) -> _Helper:
        with self.lock:
            if self.idle:
                return self.idle.pop()
        return _Helper()

    def put_back(self, helper: _Helper) -> None:
        with self.lock:
            self.idle.append(helper)

    def close(self) -> None:
        with self.lock:
            while self.idle:
                self.idle.pop().close()


_helpers = _Helpers()
atexit.register(_helpers.close)
os.register_at_fork(after_in_child=_helpers.forget)


def check(kind: Kind, path: str, limits: Limits) -> None:
    """As `contents.check`; a check that dies, grows or lasts beyond the limits is a Refusal as well."""
    question = json.dumps({"kind": kind.name, "path": path, "limits": asdict(limits)})
    # A helper may have died while it waited, so a second one gets a try.
    for _ in range(2):
        try:
            helper = _helpers.take()
            answer = helper.ask(question)
        except OSError:
            continue
        if answer:
            _helpers.put_back(helper)
            return _judge(json.loads(answer))
        helper.close()
    raise Refusal(Reason.NOT_CHECKED)


def _judge(answer: dict[str, object]) -> None:
    """Raise the Refusal that the helper found, if it found one."""
    reason, facts = answer["reason"], answer["facts"]
    assert isinstance(facts, dict)
    if reason is not None:
        raise Refusal(Reason(str(reason)), **facts)
