"""What does a page cost? CPU per page with 51 awards (61 region entries) or 81 applications to divide over, beside a
bare table of 50 rows.

    python bench/pages.py [repetitions]

Makes a database of its own in a temporary folder: a decided round with 51 awards, ten of them in two regions, and a
round of 81 scored applications with an allocation.
Prints per page the CPU time of one request in milliseconds (median and least of the repetitions, in this
process: routing, queries on SQLite, template) and how many times the bare table that is; exit code 1 when a
page with some 50 rows needs more than 30 ms. The first request of each page, which compiles its template, is left out.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from flask_migrate import upgrade

from pool.app import create_app
from pool.core.db import db
from pool.regions import queries as regions
from tests.conftest import MIGRATIONS, Client, settings
from tests.support.allocation_factory import make_allocation
from tests.support.applications_factory import make_complete
from tests.support.followup_factory import decide, granted_round, make_known, submit_report
from tests.support.world import RULES, World

LIMIT_MS = 30.0
AWARDS, JOINT = 51, 10
SCORED = 81
PAGES = (
    (None, "/"),
    (None, "/register"),
    (None, "/register/bench"),
    (None, "/register/bench?regio=kennemerland"),
    (None, "/register/zoeken?zoek=plan"),
    (None, "/register/bench/overzicht"),
    (None, "/register/bench.csv"),
    (None, "/api/v1/rounds/bench/awards"),
    ("programme", "/"),
    ("programme", "/projecten"),
    ("programme", "/projecten/regios"),
    ("programme", "/aanvragen"),
    ("programme", "/verdelen/verdeeld/scenario/1"),
    ("programme", "/verdelen/verdeeld/scenario/1/rangorde"),
)
BARE = "<table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>"


def fill(app: Flask) -> None:
    """51 awards to two municipalities, a report on each; ten are joint with a second region."""
    from pool.followup import queries as followup
    from pool.followup.inputs import ProjectFilter

    with app.app_context():
        world = World.build()
        round_ = granted_round(world, slug="bench", rules=RULES, ceiling=1_000_000_000)
        others = [r.slug for r in regions.all_regions() if r.slug not in ("kennemerland", "ijsselland")]
        for place in range(AWARDS):
            key = ("applicant", "applicant_b")[place % 2]
            own = ("kennemerland", "ijsselland")[place % 2]
            where = (own, others[place % len(others)]) if place < JOINT else (own,)
            application = make_complete(
                world,
                round_,
                key,
                title=f"Plan nummer {place} voor veiligheid in de buurt",
                theme=RULES.themes[place % len(RULES.themes)],
                regions=where,
            )
            decide(world, application)
        make_known(world, round_)
        for place, project in enumerate(followup.found(world.later("programme", days=300), ProjectFilter())):
            key = "applicant" if project.application.organisation.name.endswith("Haarlem") else "applicant_b"
            if place % 3:
                submit_report(world, project, key=key)
        fill_allocation(world)
        db.session.remove()


def fill_allocation(world: World) -> None:
    """A round of 81 applications that is assessed and divided by the published rules; each asks € 40.000."""
    round_ = world.round(slug="verdeeld", rules=RULES, ceiling=SCORED * 2_000_000)
    for place in range(SCORED):
        make_complete(
            world,
            round_,
            ("applicant", "applicant_b")[place % 2],
            title=f"Verdeeld plan nummer {place}",
            theme=RULES.themes[place % len(RULES.themes)],
            requested=4_000_000,
            minimum=3_000_000,
        )
    make_allocation(world, round_)


def cost(once: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and least CPU time in milliseconds."""
    once()
    spent = []
    for _ in range(times):
        before = time.process_time()
        once()
        spent.append((time.process_time() - before) * 1000)
    return statistics.median(spent), min(spent)


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    slow = []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings(f"sqlite:///{folder}/bench.db", Path(folder)))
        app.test_client_class = Client
        with app.app_context():
            upgrade(directory=str(MIGRATIONS))
        fill(app)
        rows = [[f"cel {r}.{c}" for c in range(6)] for r in range(50)]
        template = app.jinja_env.from_string(BARE)
        bare, _ = cost(lambda: template.render(rows=rows), times * 10)
        print(f"{'a bare table of 50 x 6 cells':48} {bare:8.2f} ms")
        clients: dict[str | None, Client] = {}
        for key, path in PAGES:
            if key not in clients:
                clients[key] = app.test_client()  # type: ignore[assignment]
                if key:
                    clients[key].sign_in(f"{key}@example.org")
            client = clients[key]
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            median, least = cost(lambda client=client, path=path: client.get(path), times)  # type: ignore[misc]
            name = f"{path} ({key or 'visitor'})"
            print(
                f"{name:48} {median:8.2f} ms, least {least:.2f}, {median / bare:.0f} x bare, {len(answer.data) // 1024} kB"
            )
            if least > LIMIT_MS:
                slow.append(name)
    if slow:
        print(f"more than {LIMIT_MS:.0f} ms: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
