"""Fixtures that are built once: what `@staged` makes is kept in a database, and is there again for the next test.

    @staged
    def case(world: World) -> Case: ...

A staged fixture asks for nothing but `app` and other staged fixtures. The first test that needs it builds it, with
real commits, in a copy of the database of the one it rests on; each test then begins from that database in a
transaction that is rolled back. Rows in what the fixture gives are loaded anew for each test.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy import inspect as look
from sqlalchemy.orm import DeclarativeBase

from pool.core import clock
from pool.core.db import db, prepare_engine

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Row:
    """A row as it is kept between tests: its table and its key."""

    cls: type[DeclarativeBase]
    key: Any


@dataclass
class Stage:
    """A database with everything that some staged fixtures made. values: what they gave, by their function."""

    url: str
    engine: Engine
    values: dict[Callable[..., Any], Any]


def staged(build: F) -> F:
    """Decorate the function of a fixture that may be built once for many tests."""

    @functools.wraps(build)
    def given(**arguments: Any) -> Any:
        stage = Stages.current
        if stage is not None and build in stage.values:
            return thaw(stage.values[build])
        return build(**arguments)

    given.staged = build  # type: ignore[attr-defined]
    return cast(F, pytest.fixture(given))


class Stages:
    """The stages of one worker. make: gives the address of a new database, a copy of another one if named."""

    current: Stage | None = None

    def __init__(self, app: Flask, make: Callable[[str | None], str]) -> None:
        self.app, self.make = app, make
        self.built: dict[Any, Stage] = {}

    def wanted(self, request: pytest.FixtureRequest) -> Stage | None:
        """The stage that holds most of what a test asks for; None when it asks for nothing that is staged."""
        definitions = request.node._fixtureinfo.name2fixturedefs
        chains = [
            chain for name in request.fixturenames if (chain := self._chain(name, definitions)) is not None
        ]
        return self._stage(max(chains, key=len)) if chains else None

    def _chain(self, name: str, definitions: Any) -> tuple[tuple[str, Callable[..., Any]], ...] | None:
        """What has to be built for a fixture, in order, itself last; None when it is not staged."""
        build = getattr(definitions[name][-1].func, "staged", None) if name in definitions else None
        if build is None:
            return None
        before: dict[str, Callable[..., Any]] = {}
        for argument in inspect.signature(build).parameters:
            if argument != "app":
                chain = self._chain(argument, definitions)
                assert chain is not None, f"{name} is staged, but {argument} is not"
                before.update(chain)
        return (*before.items(), (name, build))

    def _stage(self, chain: tuple[tuple[str, Callable[..., Any]], ...]) -> Stage:
        # A world made on another day of a stopped clock is another world.
        day = clock.now().date() if time_machine.escape_hatch.is_travelling() else None
        key = (day, tuple(build for _, build in chain))
        if key not in self.built:
            *before, (_, build) = chain
            rest = self._stage(tuple(before)) if before else None
            if rest is not None:
                rest.engine.dispose()  # a database is copied while nobody is connected
            url = self.make(rest.url if rest else None)
            engine = create_engine(url)
            prepare_engine(engine)
            values = dict(rest.values) if rest else {}
            names = {one: name for name, one in chain}
            with self._connected(engine), time_machine.travel(clock.now(), tick=day is None):
                known: dict[str, Any] = {"app": self.app}
                known |= {names[one]: thaw(value) for one, value in values.items()}
                made = build(**{name: known[name] for name in inspect.signature(build).parameters})
                db.session.commit()
                values[build] = freeze(made)
                db.session.remove()
            engine.dispose()
            self.built[key] = Stage(url, engine, values)
        return self.built[key]

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[None]:
        engines = cast(dict[str | None, Engine], db.engines)
        usual = engines[None]
        engines[None] = engine
        try:
            yield
        finally:
            db.session.remove()
            engines[None] = usual

    def close(self) -> None:
        for stage in self.built.values():
            stage.engine.dispose()


def freeze(value: Any) -> Any:
    """What a fixture gave, without ties to a session: rows become their keys, also inside dataclasses and lists."""
    if isinstance(value, DeclarativeBase):
        return Row(type(value), look(value).identity)
    return _inside(value, freeze)


def thaw(value: Any) -> Any:
    """What `freeze` kept, with the rows loaded in the present session."""
    if isinstance(value, Row):
        return db.session.get_one(value.cls, value.key)
    return _inside(value, thaw)


def _inside(value: Any, change: Callable[[Any], Any]) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        return type(value)(**{name: change(getattr(value, name)) for name in fields})
    if isinstance(value, list | tuple):
        return type(value)(change(one) for one in value)
    return deepcopy(value)
