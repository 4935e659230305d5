"""How is accounted for an award: by its amount and the instrument, and where people read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from pool.core.db import db
from pool.followup import accounting, queries, rules
from pool.followup.models import Project
from pool.followup.periods import Period
from pool.rounds import rules as round_rules
from pool.rounds.inputs import Accountability, RoundRules
from pool.rounds.states import Account, Instrument, Progress
from tests.conftest import Client
from tests.support.followup_factory import AUTUMN, make_known, make_project
from tests.support.world import RULES, World

ENDS = dt.date(2028, 8, 31)


def project_of(
    amount: int, instrument: Instrument, monkeypatch: pytest.MonkeyPatch, rules: RoundRules = RULES
) -> Project:
    monkeypatch.setattr(accounting.rounds, "rules_of", lambda _round: rules)
    round_ = SimpleNamespace(instrument=instrument)
    return SimpleNamespace(  # type: ignore[return-value]
        application=SimpleNamespace(round=round_),
        decision=SimpleNamespace(amount=amount),
        ends_on=ENDS,
        progress=accounting.progress_of(round_, amount),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("amount", "size", "account", "by"),
    [
        (2_499_999, "tot € 25.000", Account.ON_REQUEST, "ex_officio"),
        (2_500_000, "van € 25.000 tot € 125.000", Account.PERFORMANCE, "request"),
        (12_499_999, "van € 25.000 tot € 125.000", Account.PERFORMANCE, "request"),
        (12_500_000, "vanaf € 125.000", Account.COSTS, "request"),
    ],
)
def test_the_arrangement_follows_the_amount_to_the_cent(
    amount: int, size: str, account: Account, by: str
) -> None:
    reporting = round_rules.standard_reporting(Instrument.SUBSIDY)
    assert round_rules.account_for(reporting, amount) == account
    assert round_rules.size_of(amount) == size
    day = round_rules.determination_by(Instrument.SUBSIDY, account, ENDS)
    asked = round_rules.determination_by(Instrument.SUBSIDY, Account.COSTS, ENDS)
    assert (day == asked) == (by == "request")


@pytest.mark.parametrize("instrument", [Instrument.SPECIFIC_GRANT, Instrument.DECENTRALISED_GRANT])
def test_only_a_subsidy_has_a_final_amount_to_ask_for(instrument: Instrument) -> None:
    assert round_rules.determination_by(instrument, Account.SISA, ENDS) is None


@pytest.mark.parametrize(
    ("amount", "instrument", "said", "not_said", "progress"),
    [
        (100, Instrument.SUBSIDY, "In een steekproef kunnen wij", "vraagt de gemeente om", Progress.NONE),
        (
            2_500_000,
            Instrument.SUBSIDY,
            "Een verslag van de kosten is niet nodig.",
            "steekproef",
            Progress.YEARLY,
        ),
        (12_500_000, Instrument.SUBSIDY, "en een financieel verslag bij.", "steekproef", Progress.YEARLY),
        (
            100,
            Instrument.SPECIFIC_GRANT,
            "jaarrekening van de gemeente (SiSa).",
            "verslag van",
            Progress.HALF_YEARLY,
        ),
        (12_500_000, Instrument.DECENTRALISED_GRANT, "aan de eigen gemeenteraad.", "SiSa", Progress.NONE),
    ],
)
def test_what_is_said_and_what_is_not(
    amount: int,
    instrument: Instrument,
    said: str,
    not_said: str,
    progress: Progress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said_all = " ".join(accounting.owed(project_of(amount, instrument, monkeypatch)).sentences)
    assert said in said_all
    assert not_said not in said_all
    assert said_all.endswith(accounting.PROGRESS[progress])


@pytest.mark.parametrize(
    ("amount", "instrument", "periods"),
    [
        (2_499_999, Instrument.SUBSIDY, []),
        (2_500_000, Instrument.SUBSIDY, []),
        (2_499_999, Instrument.SPECIFIC_GRANT, ["2027-2", "2028-1", "2028-2"]),
        (2_500_000, Instrument.SPECIFIC_GRANT, ["2027-2", "2028-1", "2028-2"]),
    ],
)
def test_what_is_asked_of_a_project_of_a_year(
    world: World, client: Client, amount: int, instrument: Instrument, periods: list[str]
) -> None:
    """From 1 September 2027 to 31 August 2028: for a subsidy not longer than twelve months, so nothing in between."""
    round_ = world.round(instrument=instrument)
    project = make_project(world, round_, requested=5_000_000, amount=amount)
    make_known(world, round_)
    assert [period.code for period in project.periods] == periods
    late = world.later("programme", days=2000)
    assert [line.period.code for line in queries.reports_due(late)] == periods
    assert queries.summarise([project], late.at.date()).overdue == len(periods)
    verdict = rules.can_report(world.later("applicant", days=AUTUMN), project, Period(2027, 2))
    assert bool(verdict) == bool(periods)
    client.sign_in(world.email("applicant"))
    page = client.get(f"/projecten/{project.id}").get_data(as_text=True)
    assert ("vragen wij geen tussentijdse rapportages" in page) == (not periods)
    assert ("niet gevraagd" in client.get("/projecten").get_data(as_text=True)) == (not periods)


def test_a_round_may_ask_less_and_names_its_sisa_code(monkeypatch: pytest.MonkeyPatch) -> None:
    light = replace(RULES, reporting=Accountability("none", "performance", "performance", "Klein risico."))
    small = accounting.owed(project_of(100, Instrument.SUBSIDY, monkeypatch, light))
    assert small.account == Account.NONE
    assert "steekproef" not in " ".join(small.sentences)
    large = accounting.owed(project_of(20_000_000, Instrument.SUBSIDY, monkeypatch, light))
    assert large.account == Account.PERFORMANCE
    sisa = replace(RULES, reporting=Accountability("sisa", "sisa", "sisa", sisa_code="H19"))
    found = accounting.owed(project_of(100, Instrument.SPECIFIC_GRANT, monkeypatch, sisa))
    assert "(SiSa, code H19)" in found.sentences[0]


def test_the_migration_sets_what_is_asked_by_instrument_and_amount(real_app: Flask) -> None:
    folder = str(Path(__file__).resolve().parents[2] / "migrations")
    cases = [
        (Instrument.SUBSIDY, 2_499_999, Progress.NONE),
        (Instrument.SUBSIDY, 2_500_000, Progress.YEARLY),
        (Instrument.SPECIFIC_GRANT, 2_499_999, Progress.HALF_YEARLY),
    ]
    with real_app.app_context():
        world = World.build()
        for place, (instrument, amount, _progress) in enumerate(cases):
            make_project(world, world.round(slug=f"ronde-{place}", instrument=instrument), amount=amount)
        wanted = [progress.value for _instrument, _amount, progress in cases]
        query = text("SELECT progress FROM project ORDER BY id")
        assert list(db.session.scalars(query)) == wanted
        db.session.close()
        downgrade(directory=folder, revision="0014")
        upgrade(directory=folder)
        assert list(db.session.scalars(query)) == wanted


@pytest.mark.parametrize(
    ("amount", "said"),
    [(2_000_000, "uit onszelf vast"), (5_000_000, "vraagt de gemeente om het definitieve")],
)
def test_the_pages_of_a_project_say_it(client: Client, world: World, amount: int, said: str) -> None:
    round_ = world.round()
    project = make_project(world, round_, requested=amount)
    make_known(world, round_)
    for key, heading in (("applicant", "Hoe legt u verantwoording af?"), ("programme", "Hoe de gemeente")):
        client.sign_in(world.email(key))
        page = client.get(f"/projecten/{project.id}").get_data(as_text=True)
        assert heading in page
        assert said in page
        assert said in client.get(f"/projecten/{project.id}/afronden").get_data(as_text=True)
        assert said not in client.get(f"/projecten/{project.id}/stoppen").get_data(as_text=True)
