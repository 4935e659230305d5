"""Who may sign for a municipality: nobody takes that authority himself, and the last one does not give it away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from pool.core import audit
from pool.core.errors import Conflict, Invalid, Missing, Refused
from pool.people import queries, service
from pool.people.models import Organisation
from tests.conftest import Client, Counted
from tests.support.pages import read, words
from tests.support.signing_factory import add_colleague, sign_off_on
from tests.support.world import World


@pytest.fixture
def haarlem(world: World) -> Organisation:
    add_colleague(world, "colleague")
    organisation = world.user("applicant").organisation
    assert organisation is not None
    return organisation


@pytest.mark.parametrize("who", ["applicant", "colleague", "applicant_b", "programme", "lead"])
def test_nobody_gives_this_authority_to_himself(world: World, haarlem: Organisation, who: str) -> None:
    with pytest.raises(Refused):
        service.name_signatory(world.later(who), haarlem, world.ids["colleague"])
    assert not queries.signs_off(haarlem.id)


@pytest.mark.parametrize("whom", ["applicant_b", "programme", "lead"])
def test_only_who_writes_for_the_municipality_signs_for_it(
    world: World, haarlem: Organisation, whom: str
) -> None:
    with pytest.raises(Invalid):
        service.name_signatory(world.later("admin"), haarlem, world.ids[whom])


def test_one_person_alone_cannot_need_two(world: World) -> None:
    zwolle = world.user("applicant_b").organisation
    assert zwolle is not None
    with pytest.raises(Invalid, match="twee mensen"):
        service.name_signatory(world.later("admin"), zwolle, world.ids["applicant_b"])


def test_somebody_is_named_once(world: World, haarlem: Organisation) -> None:
    service.name_signatory(world.later("admin"), haarlem, world.ids["colleague"])
    with pytest.raises(Conflict):
        service.name_signatory(world.later("admin"), haarlem, world.ids["colleague"])


def test_who_signs_names_others_but_the_last_one_is_ended_by_an_admin(
    world: World, haarlem: Organisation
) -> None:
    service.name_signatory(world.later("admin"), haarlem, world.ids["colleague"])
    colleague = world.later("colleague")
    with pytest.raises(Refused, match="laatste"):
        service.end_signatory(colleague, haarlem, world.ids["colleague"])
    service.name_signatory(colleague, haarlem, world.ids["applicant"])
    service.end_signatory(world.later("applicant"), haarlem, world.ids["colleague"])
    with pytest.raises(Refused):
        service.name_signatory(colleague, haarlem, world.ids["colleague"])
    with pytest.raises(Missing):
        service.end_signatory(world.later("admin"), haarlem, world.ids["colleague"])
    service.end_signatory(world.later("admin"), haarlem, world.ids["applicant"])
    assert not queries.signs_off(haarlem.id)
    assert [e.action for e in audit.trail(haarlem.audit_chain)] == [
        "signatory.name",
        "signatory.name",
        "signatory.end",
        "signatory.end",
    ]


def test_losing_an_account_does_not_turn_it_off(world: World, haarlem: Organisation) -> None:
    service.name_signatory(world.later("admin"), haarlem, world.ids["colleague"])
    service.deactivate(world.later("admin"), world.user("colleague"))
    assert queries.signs_off(haarlem.id)
    assert queries.signers(haarlem.id) == []


# --- pages ------------------------------------------------------------------------------------------------


def test_a_foreign_municipality_looks_absent(client: Client, world: World, haarlem: Organisation) -> None:
    client.sign_in(world.email("applicant_b"))
    assert client.get(f"/gemeenten/{haarlem.id}/ondertekenaars").status_code == 404
    ended = client.post(f"/gemeenten/{haarlem.id}/ondertekenaars/{world.ids['colleague']}/beeindigen")
    assert ended.status_code == 404


def test_an_admin_sets_it_up_and_the_municipality_sees_it(
    client: Client, world: World, haarlem: Organisation
) -> None:
    client.sign_in(world.email("admin"))
    page = read(client.get("/mensen/ondertekenen"))
    address = str(page.find("a", string=haarlem.name)["href"])  # type: ignore[index]
    assert "Niemand is aangewezen" in words(read(client.get(address)))
    refused = read(client.post(address, data={"user": str(world.ids["applicant_b"])}), 422)
    assert not queries.signs_off(haarlem.id), words(refused)
    assert client.post(address, data={"user": str(world.ids["colleague"])}).status_code == 302
    client.sign_in(world.email("applicant"))
    page = read(client.get(address))
    assert "Colleague van applicant" in words(page)
    assert page.select("main form") == []
    assert client.post(f"{address}/{world.ids['colleague']}/beeindigen").status_code == 403
    client.sign_in(world.email("admin"))
    assert client.post(f"{address}/{world.ids['colleague']}/beeindigen").status_code == 302
    assert not queries.signs_off(haarlem.id)


def test_the_list_of_municipalities_asks_as_much_for_more(
    client: Client,
    world: World,
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    client.sign_in(world.email("admin"))
    numbers = []
    for step in range(2):
        if step:
            sign_off_on(world)
            sign_off_on(world, "other", "applicant_b")
        with count_queries() as counted:
            read(client.get("/mensen/ondertekenen"))
        numbers.append(counted.number)
    assert numbers[0] == numbers[1]
