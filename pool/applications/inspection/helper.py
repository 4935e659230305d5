"""The helper process of `apart`: for every line on its input it checks one file in a copy of itself.

The copy bounds itself before it opens the file. When it ends without an answer it hit a bound, and the file
counts as too complex. The helper ends when its input does, so it never outlives the web server.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from pool.applications.inspection import contents
from pool.applications.inspection.refusal import Limits, Reason, Refusal


def serve() -> None:
    """Answer questions until there are no more."""
    for line in sys.stdin:
        question = json.loads(line)
        answer = _in_a_copy(question) or _answer(Reason.TOO_COMPLEX, {})
        print(answer, flush=True)  # noqa: T201 - the answer goes over standard output


def _in_a_copy(question: dict[str, Any]) -> str:
    """The answer of a copy of this process; empty when it was stopped before it had one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _check(question, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return found


def _check(question: dict[str, Any], writing: int) -> NoReturn:
    """The life of the copy: bound itself, check, tell, and end without tidying up what it shares."""
    status = 1
    try:
        limits = Limits(**question["limits"])
        _bound(limits)
        try:
            contents.check(contents.Kind[question["kind"]], question["path"], limits)
            answer = _answer(None, {})
        except Refusal as refusal:
            answer = _answer(refusal.reason, refusal.facts)
        os.write(writing, answer.encode())
        status = 0
    finally:
        os._exit(status)


def _answer(reason: Reason | None, facts: dict[str, str]) -> str:
    return json.dumps({"reason": reason and reason.value, "facts": facts})


def _bound(limits: Limits) -> None:
    """Bounds that the process cannot lift again. Memory comes on top of what it already has mapped."""
    signal.alarm(2 * limits.seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    mapped = Path("/proc/self/statm")
    if mapped.exists():
        most = int(mapped.read_text().split()[0]) * resource.getpagesize() + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    serve()
