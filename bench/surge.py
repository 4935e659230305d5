"""The last minutes of a round: what gunicorn holds while everybody saves, reads, sends files and submits at once.

    python bench/surge.py [--rate 70] [--seconds 60] [--database sqlite|postgresql|both] [--writers 300]

People act at random moments whatever the server does (open arrivals). Their requests come in the mix of the last
minute of a deadline: saves 52 %, pages 37 %, submits 5.6 %, files of 1 MB 3.7 %, sign-ins 1.8 %. A page with a form
that somebody opens to submit, send or sign in is one of the pages; a quarter of the submits is sent twice at once, as
by a double click, and counts twice. Delays count from the moment somebody should have acted until the last answer, so
waiting for the server counts. The round closes at the end of the run; a burst of submits after it must be refused.

Prints per kind of act: number, rate, delay p50/p95/p99 in milliseconds, errors; the requests that were answered; the
CPU time of the server per request in the mix and per act of each kind alone, beside `/gezond` (a few queries, no page)
as the baseline; and how long the receipts took.
Then it looks into the database: every text, file and submit that was acknowledged must be there. Exit code 1 when
one is missing, or a request failed.

Everything runs on this machine, and the load comes from this process: it shares the cores with the server.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import http.client
import io
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from _surge_site import (  # noqa: E402
    FILE_FIELD,
    PASSWORD,
    SLUG,
    Site,
    close_at,
    fill,
    lacking,
    offline,
    start,
    wait_for_receipts,
)

from pool.core import clock  # noqa: E402
from tests.support import postgres  # noqa: E402

MIX = {"save": 93.0, "page": 49.0, "submit": 8.0, "file": 6.7, "sign in": 3.3}
"""What people do, in proportion: 180 requests are 93 saves, 67 pages, 10 submits, 6.7 files and 3.3 sign-ins."""
TWICE = 0.25
"""Of the submits."""
REQUESTS = {"save": 1.0, "page": 1.0, "submit": 2.0 + TWICE, "file": 2.0, "sign in": 2.0}
"""In how many requests somebody does it."""
"""Requests per second in the last minute of a round with 2,000 people; the bench keeps the proportions."""
BOUNDARY = "surge-2019-11-30"
INPUT = re.compile(r"<input\b[^>]*>")
VALUE = re.compile(r'\b(name|value|type)="([^"]*)"')


@dataclass
class Answer:
    status: int
    body: str
    location: str


@dataclass
class Writer:
    """Somebody at a municipality with one application, in a browser of his own.

    acknowledged: number of the last save that was confirmed; submitted: the save that was submitted, if any;
    file: SHA-256 of the file that was confirmed, if any; answered: how many requests were.
    """

    address: str
    application: int
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    version: str = ""
    acknowledged: int = 0
    submitted: int | None = None
    file: str = ""
    answered: int = 0
    connection: http.client.HTTPConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        fields: dict[str, str] | None = None,
        accept: str = "text/html",
        file: tuple[str, bytes] | None = None,
    ) -> Answer:
        headers = {"Accept": accept, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body: str | bytes | None = None
        if fields is not None and file is not None:
            body = _multipart(fields, *file)
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        elif fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                text = response.read().decode("utf-8", "replace")
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A connection that stood idle too long; a browser opens another. A save or submit may be repeated.
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise
        self.answered += 1
        for name, value in response.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Answer(response.status, text, response.getheader("Location") or "")

    def sign_in(self) -> Answer:
        self.cookies.clear()
        page = self.ask("GET", "/inloggen")
        given = {**inputs(page.body), "email": self.address, "password": PASSWORD}
        return self.ask("POST", "/inloggen", given)

    def open(self) -> None:
        """Open the section that this person writes in."""
        page = self.ask("GET", self.section)
        found = inputs(page.body)
        self.token, self.version = found["csrf_token"], found["version"]

    @property
    def section(self) -> str:
        return f"/aanvragen/{self.application}/onderdelen/plan"

    def text(self, number: int) -> dict[str, str]:
        """About 8 kB, with a mark that says which save it was."""
        filler = "Wij brengen gezinnen en hulpverleners eerder bij elkaar. " * 24
        return {
            "occasion": f"opslag {number:06d} {filler}",
            "approach": filler * 3,
            "results": filler,
            "sharing": filler,
            "embedding": filler,
            "starts_on": "1-9-2027",
            "ends_on": "31-8-2028",
        }


def _multipart(fields: dict[str, str], name: str, data: bytes) -> bytes:
    parts = [
        f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode()
        for key, value in fields.items()
    ]
    head = (
        f'Content-Disposition: form-data; name="{name}"; filename="plan.pdf"\r\nContent-Type: application/pdf'
    )
    parts.append(head.encode() + b"\r\n\r\n" + data)
    edge = f"--{BOUNDARY}\r\n".encode()
    return b"".join(edge + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def scans(number: int, side: int = 700) -> list[bytes]:
    """PDFs of about 1 MB, as a scanner makes them."""
    chance, found = random.Random(number), []
    for _ in range(number):
        kept = io.BytesIO()
        Image.frombytes("RGB", (side, side), chance.randbytes(3 * side * side)).save(kept, "PDF", quality=90)
        found.append(kept.getvalue())
    return found


def inputs(page: str) -> dict[str, str]:
    """Hidden inputs and check boxes of a page, the boxes ticked."""
    found: dict[str, str] = {}
    for tag in INPUT.findall(page):
        facts = dict(VALUE.findall(tag))
        if facts.get("type") in ("hidden", "checkbox") and "name" in facts:
            found.setdefault(facts["name"], facts.get("value", "y"))
    return found


class Crowd:
    """All writers, what each does in a request of a kind, and how long it took."""

    def __init__(self, site: Site, writers: dict[str, int]) -> None:
        self.free = [Writer(address, ident, site.port) for address, ident in writers.items()]
        self.everybody = list(self.free)
        self.chance = random.Random(2019)
        self.guard = threading.Lock()
        self.delays: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self.files = scans(12)

    def take(self, kind: str) -> tuple[str, Writer] | None:
        """Somebody who is not busy and can do this; when all have submitted, somebody who looks at a page.

        None when everybody waits for the server, which counts as an error.
        """
        with self.guard:
            fitting = self.free
            if kind in ("save", "submit", "file"):
                fitting = [w for w in fitting if w.submitted is None and not (kind == "file" and w.file)]
            if not fitting:
                kind, fitting = "page", self.free
            if not fitting:
                self.errors.append(f"{kind}: not sent, because everybody was waiting for the server")
                return None
            writer = self.chance.choice(fitting)
            self.free.remove(writer)
            return kind, writer

    def carry_out(self, kind: str, writer: Writer, due: float) -> None:
        try:
            problem = self.act(kind, writer)
        except Exception as error:
            problem = repr(error)
        with self.guard:
            self.delays[kind].append(time.monotonic() - due)
            self.free.append(writer)
            if problem:
                self.errors.append(f"{kind}: {problem}")

    def act(self, kind: str, writer: Writer) -> str:
        """One request of a kind; what was wrong with the answer, or nothing."""
        if kind == "page":
            paths = (f"/aanvragen/{writer.application}", "/aanvragen", f"/rondes/{SLUG}", "/")
            return _expect(writer.ask("GET", self.chance.choice(paths)), 200)
        if kind == "sign in":
            return _expect(writer.sign_in(), 302)
        if kind == "save":
            return self.save(writer)
        if kind == "file":
            return self.send_file(writer)
        return self.submit(writer, twice=self.chance.random() < TWICE)

    def save(self, writer: Writer) -> str:
        number = writer.acknowledged + 1
        given = {"csrf_token": writer.token, "version": writer.version, **writer.text(number)}
        answer = writer.ask("POST", writer.section, given, "application/json")
        if answer.status == 400:  # signed in anew meanwhile: the token belongs to the session
            writer.open()
            given |= {"csrf_token": writer.token, "version": writer.version}
            answer = writer.ask("POST", writer.section, given, "application/json")
        if answer.status != 200:
            return _expect(answer, 200)
        writer.version = str(json.loads(answer.body)["version"])
        writer.acknowledged = number
        return ""

    def send_file(self, writer: Writer) -> str:
        path = f"/aanvragen/{writer.application}/onderdelen/documenten"
        given = inputs(writer.ask("GET", path).body)
        data = self.chance.choice(self.files)
        answer = writer.ask("POST", path, given, file=(FILE_FIELD, data))
        if answer.status == 302:
            writer.file = hashlib.sha256(data).hexdigest()
        return _expect(answer, 302)

    def submit(self, writer: Writer, *, twice: bool) -> str:
        path = f"/aanvragen/{writer.application}/indienen"
        given = inputs(writer.ask("GET", path).body)
        copies = [writer]
        if twice:
            copies.append(Writer(writer.address, writer.application, writer.port, dict(writer.cookies)))
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda one: one.ask("POST", path, given), copies))
        writer.answered += sum(copy.answered for copy in copies[1:])
        for answer in answers:
            if problem := _expect(answer, 302):
                return problem
        if len({answer.location for answer in answers}) > 1:
            return "a double click was answered in two ways"
        writer.submitted = writer.acknowledged
        return ""


def _expect(answer: Answer, status: int) -> str:
    if answer.status == status:
        return ""
    said = " ".join(re.sub(r"<[^>]+>", " ", answer.body).split())
    return f"answered {answer.status} instead of {status}: … {said[-200:]}"


def arrivals(rate: float, seconds: float, chance: random.Random) -> list[tuple[float, str]]:
    """Random moments (seconds from the start) with what is done: a Poisson process in the proportions of MIX.

    rate: of the requests that this takes, per second.
    """
    at, found = 0.0, []
    kinds, weights = list(MIX), list(MIX.values())
    acts = rate * sum(weights) / sum(MIX[kind] * REQUESTS[kind] for kind in kinds)
    while (at := at + chance.expovariate(acts)) < seconds:
        found.append((at, chance.choices(kinds, weights)[0]))
    return found


def cost_alone(site: Site, crowd: Crowd, times: int = 40) -> dict[str, float]:
    """Milliseconds of CPU in the server per request of each kind, one at a time; `/gezond` as the baseline."""
    found = {}
    for kind in ("gezond", "save", "page", "file", "sign in"):
        # Each sends one file; the rest is one person's work.
        acting = crowd.everybody[:times] if kind == "file" else crowd.everybody[:1] * times
        # Every process compiles the templates of a page once; that is not what a request costs.
        for writer in acting[:8] if kind in ("page", "sign in") else ():
            crowd.act(kind, writer)
        before = site.cpu()
        for writer in acting:
            answer = (
                _expect(writer.ask("GET", "/gezond"), 200) if kind == "gezond" else crowd.act(kind, writer)
            )
            if answer:
                raise SystemExit(answer)
        found[kind] = (site.cpu() - before) / len(acting) * 1000
    crowd.everybody[0].open()
    return found


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(url: str, folder: Path, options: argparse.Namespace) -> int:
    app = offline(folder, url)
    print(f"{options.writers} writers sign in …", flush=True)
    closes_at = clock.now() + dt.timedelta(days=1)
    writers = fill(app, options.writers, closes_at)
    site = start(folder, url, options.workers, options.threads)
    try:
        crowd = Crowd(site, writers)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(_ready, crowd.everybody))
        alone = cost_alone(site, crowd)
        plan = arrivals(options.rate, options.seconds, crowd.chance)
        closes_at = clock.now() + dt.timedelta(seconds=options.seconds + 1)
        close_at(app, closes_at)
        before = sum(writer.answered for writer in crowd.everybody)
        cpu, beside, own, began = site.cpu(), site.cpu_beside(), time.process_time(), time.monotonic()
        # A thread for each of them, so that a request leaves when it should, however many wait.
        with ThreadPoolExecutor(options.writers) as pool:
            for at, kind in plan:
                time.sleep(max(0.0, began + at - time.monotonic()))
                if taken := crowd.take(kind):
                    pool.submit(crowd.carry_out, *taken, began + at)
        seconds = time.monotonic() - began
        spent, worker, load = site.cpu() - cpu, site.cpu_beside() - beside, time.process_time() - own
        print_delays(crowd, seconds)
        done = sum(writer.answered for writer in crowd.everybody) - before
        print(
            f"held {done / seconds:.1f} of {options.rate:.0f} requests/s; {spent / done * 1000:.1f} ms CPU per request in the mix"
        )
        share = ", ".join(
            f"{name} {used / seconds:.2f}"
            for name, used in (("server", spent), ("worker", worker), ("load", load))
        )
        print(f"cores used: {share}")
        base = alone.pop("gezond")
        each = ", ".join(f"{kind} {cost:.1f} ms ({cost / base:.1f}x)" for kind, cost in alone.items())
        print(f"CPU alone: {each}; baseline /gezond {base:.1f} ms")
        late = too_late(crowd, closes_at)
        receipts = wait_for_receipts(app)
    finally:
        site.stop()
    print(f"receipts all out {receipts:.1f} s after the close")
    problems = crowd.errors + late + lacking(app, closes_at, crowd.everybody)
    submits = sum(writer.submitted is not None for writer in crowd.everybody)
    saves = sum(writer.acknowledged for writer in crowd.everybody)
    files = sum(bool(writer.file) for writer in crowd.everybody)
    print(
        f"acknowledged: {saves} saves, {files} files, {submits} applications; errors or missing: {len(problems)}"
    )
    for problem in problems[:20]:
        print(f"  {problem}")
    return 1 if problems else 0


def _ready(writer: Writer) -> None:
    if problem := _expect(writer.sign_in(), 302):
        raise SystemExit(problem)
    writer.open()


def print_delays(crowd: Crowd, seconds: float) -> None:
    print(f"{'kind':<10}{'number':>8}{'per s':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    rows = {**dict(sorted(crowd.delays.items())), "all": list(chain.from_iterable(crowd.delays.values()))}
    for kind, delays in rows.items():
        shown = "".join(f"{percentile(delays, share) * 1000:>9.0f}" for share in (0.5, 0.95, 0.99))
        print(f"{kind:<10}{len(delays):>8}{len(delays) / seconds:>8.1f}{shown}")


def too_late(crowd: Crowd, closes_at: dt.datetime) -> list[str]:
    """After the close a submit and a save are refused, by everybody's own way in."""
    time.sleep(max(0.0, (closes_at - clock.now()).total_seconds()) + 0.05)
    wrong = []
    for writer in [w for w in crowd.everybody if w.submitted is None][:20]:
        given = {"csrf_token": writer.token, "version": writer.version}
        for path in (f"/aanvragen/{writer.application}/indienen", writer.section):
            answer = writer.ask("POST", path, {**given, **writer.text(999_999)}, "application/json")
            if answer.status < 400:
                wrong.append(f"{path} was accepted after the close: {answer.status}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=70.0, help="requests per second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--writers", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2, help="gunicorn processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    worst = 0
    for name in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        print(
            f"\n{name}, {options.workers} processes of {options.threads} threads, {os.cpu_count()} cores shared with the load"
        )
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            url = f"sqlite:///{folder}/surge.db"
            if name == "postgresql":
                server = stack.enter_context(postgres.running(durable=True))
                os.environ["TEST_PG_URL"] = server.url
                url = postgres.create_database("surge")
            worst = max(worst, run(url, Path(folder), options))
    return worst


if __name__ == "__main__":
    sys.exit(main())
