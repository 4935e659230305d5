"""How is accounted for an award: by its amount and the instrument, and where people read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pool.followup import accounting
from pool.followup.models import Project
from pool.rounds import rules as round_rules
from pool.rounds.inputs import Accountability, RoundRules
from pool.rounds.states import Account, Instrument
from tests.conftest import Client
from tests.support.followup_factory import make_known, make_project
from tests.support.world import RULES, World

ENDS = dt.date(2028, 8, 31)


def project_of(
    amount: int, instrument: Instrument, monkeypatch: pytest.MonkeyPatch, rules: RoundRules = RULES
) -> Project:
    monkeypatch.setattr(accounting.rounds, "rules_of", lambda _round: rules)
    round_ = SimpleNamespace(instrument=instrument)
    return SimpleNamespace(  # type: ignore[return-value]
        application=SimpleNamespace(round=round_), decision=SimpleNamespace(amount=amount), ends_on=ENDS
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
    ("amount", "instrument", "said", "not_said"),
    [
        (100, Instrument.SUBSIDY, "In een steekproef kunnen wij", "vraagt de gemeente om"),
        (2_500_000, Instrument.SUBSIDY, "Een verslag van de kosten is niet nodig.", "steekproef"),
        (12_500_000, Instrument.SUBSIDY, "en een financieel verslag bij.", "steekproef"),
        (12_500_000, Instrument.SPECIFIC_GRANT, "jaarrekening van de gemeente (SiSa).", "verslag van"),
        (12_500_000, Instrument.DECENTRALISED_GRANT, "aan de eigen gemeenteraad.", "SiSa"),
    ],
)
def test_what_is_said_and_what_is_not(
    amount: int, instrument: Instrument, said: str, not_said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = " ".join(accounting.owed(project_of(amount, instrument, monkeypatch)).sentences)
    assert said in text
    assert not_said not in text
    assert text.endswith(accounting.PROGRESS)


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
        text = client.get(f"/projecten/{project.id}").get_data(as_text=True)
        assert heading in text
        assert said in text
        assert said in client.get(f"/projecten/{project.id}/afronden").get_data(as_text=True)
        assert said not in client.get(f"/projecten/{project.id}/stoppen").get_data(as_text=True)
