"""A query that is built once per set of roles still answers each person with what is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Select, bindparam, column, create_engine, false, or_, select, table, text

from pool.core.access import Actor, Role
from pool.core.prepared import prepared

Own = Callable[[Actor], tuple[Select[int], dict[str, Any]]]
PAPER = table("paper", column("id"), column("organisation_id"), column("region_id"), column("written_by"))


@pytest.fixture
def papers() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE paper (id, organisation_id, region_id, written_by)"))
        rows = "(1, 10, 100, 7), (2, 20, 100, 8), (3, 20, 200, 7)"
        connection.execute(text(f"INSERT INTO paper VALUES {rows}"))
        yield connection


@pytest.fixture
def built() -> list[Actor]:
    return []


@pytest.fixture
def own(built: list[Actor]) -> Own:
    @prepared
    def query(actor: Actor) -> Select[int]:
        built.append(actor)
        reasons = [false()]
        if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
            reasons.append(PAPER.c.organisation_id == actor.organisation_id)
        if actor.has(Role.REGIONAL_LEAD):
            reasons.append(PAPER.c.region_id.in_(actor.region_ids))
        return select(PAPER.c.id).where(or_(*reasons), PAPER.c.id >= bindparam("least"))

    return query


def seen(papers: Connection, own: Own, actor: Actor, least: int = 0) -> list[int]:
    query, mine = own(actor)
    return list(papers.execute(query, {**mine, "least": least}).scalars())


def applicant(organisation_id: int | None) -> Actor:
    return Actor(7, "iemand", frozenset({Role.APPLICANT}), organisation_id)


def lead(*region_ids: int) -> Actor:
    return Actor(9, "iemand", frozenset({Role.REGIONAL_LEAD}), region_ids=frozenset(region_ids))


def test_each_sees_what_is_theirs_from_one_query(papers: Connection, own: Own, built: list[Actor]) -> None:
    assert seen(papers, own, applicant(20)) == [2, 3]
    assert seen(papers, own, applicant(10)) == [1]
    assert seen(papers, own, applicant(20), least=3) == [3]
    assert len(built) == 1


def test_another_set_of_roles_gets_a_query_of_its_own(
    papers: Connection, own: Own, built: list[Actor]
) -> None:
    assert seen(papers, own, applicant(10)) == [1]
    assert seen(papers, own, lead(100)) == [1, 2]
    assert seen(papers, own, lead(100, 200)) == [1, 2, 3]
    assert seen(papers, own, lead()) == []
    assert len(built) == 2


def test_without_an_organisation_nothing_of_an_organisation_is_seen(papers: Connection, own: Own) -> None:
    assert seen(papers, own, applicant(10)) == [1]
    assert seen(papers, own, applicant(None)) == []


def test_a_query_that_looks_at_a_value_is_refused() -> None:
    @prepared
    def query(actor: Actor) -> Select[int]:
        return select(PAPER.c.id).where(PAPER.c.written_by == (actor.user_id or 0))

    with pytest.raises(TypeError):
        query(applicant(10))
