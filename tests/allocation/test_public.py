"""After the decision: the municipality's own explanation, and checking a round without trusting anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from pool.allocation import queries
from pool.allocation.models import Scenario
from pool.applications.models import Application
from pool.core.db import db
from pool.rounds.models import Round
from tests.conftest import Client
from tests.support.allocation_factory import make_allocation
from tests.support.applications_factory import make_complete
from tests.support.world import World


def _by_title(title: str) -> Application:
    return db.session.scalars(select(Application).where(Application.title == title)).one()


def test_no_explanation_before_the_decision(client: Client, world: World, allocated: Scenario) -> None:
    client.sign_in(world.email("applicant"))
    response = client.get(f"/aanvragen/{_by_title('Derde plan').id}/uitleg")
    assert response.status_code == 403
    assert "als de besluiten van deze ronde bekend zijn" in response.get_data(as_text=True)


def test_no_explanation_of_somebody_elses_application(client: Client, world: World, decided: Round) -> None:
    client.sign_in(world.email("applicant_b"))
    assert client.get(f"/aanvragen/{_by_title('Derde plan').id}/uitleg").status_code == 404
    assert client.get("/aanvragen/999999/uitleg").status_code == 404


@pytest.mark.parametrize("key", ["lead", "assessor", "chair", "programme", "decider", "auditor"])
def test_the_explanation_is_for_the_municipality(
    client: Client, world: World, decided: Round, key: str
) -> None:
    client.sign_in(world.email(key))
    assert client.get(f"/aanvragen/{_by_title('Derde plan').id}/uitleg").status_code == 403


def test_a_municipality_reads_why_and_meets_no_other_name(
    client: Client, world: World, decided: Round
) -> None:
    third = _by_title("Derde plan")
    client.sign_in(world.email("applicant"))
    text = client.get(f"/aanvragen/{third.id}/uitleg").get_data(as_text=True)
    assert "Er is meer gevraagd dan er te verdelen is." in text
    assert "als al het andere gelijk was gebleven" in text
    base = queries.base_for(third)
    assert base is not None
    assert base[1] in text
    for other in ("Eerste plan", "Tweede plan", "Gemeente Zwolle"):
        assert other not in text
    assert text.count("VDND-") == text.count(third.reference)


def test_the_explanation_is_there_as_sentences_for_a_letter(world: World, decided: Round) -> None:
    explained = queries.explanation_for(_by_title("Derde plan").id)
    assert explained is not None
    assert explained.status == "refused"
    assert "VDND-" not in " ".join(explained.sentences)
    assert queries.explanation_for(999_999) is None


def test_nothing_is_published_before_the_decision(client: Client, allocated: Scenario) -> None:
    text = client.get("/controleren").get_data(as_text=True)
    assert "Er is nog geen ronde waarover is besloten." in text
    for name in ("vraag", "uitkomst"):
        assert client.get(f"/controleren/ronde-1/{name}.json").status_code == 404
        assert client.get(f"/controleren/bestaat-niet/{name}.json").status_code == 404


def test_the_files_name_nobody(client: Client, decided: Round) -> None:
    files = (
        client.get("/controleren/ronde-1/vraag.json").data
        + client.get("/controleren/ronde-1/uitkomst.json").data
    )
    text = files.decode()
    for name in ("VDND", "plan", "Haarlem", "Zwolle", "Gemeente"):
        assert name not in text


def test_what_is_invented_is_in_the_file(world: World) -> None:
    round_ = world.round(slug="verzonnen", invented="Alle bedragen zijn verzonnen.")
    make_complete(world, round_)
    scenario = make_allocation(world, round_)
    assert scenario.snapshot.problem["name"] == "verzonnen: Alle bedragen zijn verzonnen."


def test_anybody_can_check_a_round_with_python_alone(client: Client, decided: Round, tmp_path: Path) -> None:
    page = client.get("/controleren").get_data(as_text=True)
    assert "python verify.py" in page
    assert "De uitkomst klopt." in page
    for address, name in (
        ("/controleren/verify.py", "verify.py"),
        ("/controleren/ronde-1/vraag.json", "vraag.json"),
        ("/controleren/ronde-1/uitkomst.json", "uitkomst.json"),
    ):
        assert address in page
        (tmp_path / name).write_bytes(client.get(address).data)

    def check(outcome: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "verify.py", "vraag.json", outcome]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert check("uitkomst.json") == (0, "De uitkomst klopt.\n")
    spoiled = json.loads((tmp_path / "uitkomst.json").read_text())
    spoiled["awards"][0]["amount"] -= 100
    (tmp_path / "anders.json").write_text(json.dumps(spoiled))
    code, said = check("anders.json")
    assert code == 1
    assert "nageteld" in said
    assert said.splitlines()[-1].startswith("De uitkomst klopt niet: ")


def test_the_scenario_that_the_advice_rests_on_is_published(
    client: Client, world: World, adopted: Round, decided: Round
) -> None:
    scenario = queries.base_of(decided.id)
    assert scenario is not None
    assert scenario.allocation is not None
    served = client.get("/controleren/ronde-1/uitkomst.json").data
    assert served == scenario.allocation.document.encode()
    assert scenario.snapshot.sha256 in client.get("/controleren").get_data(as_text=True)
