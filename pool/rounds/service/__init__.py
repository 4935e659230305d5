"""The verbs about rounds: configure, publish, change visibly, move on, and keep the ceiling."""

from .. import queries, rules
from .changing import amend, change_ceiling, end_outage, extend, record_outage
from .configuring import (
    StaleRound,
    copy,
    create,
    create_scheme,
    save_basics,
    save_dates,
    save_money,
    save_rules,
)
from .money import commit_money
from .publishing import follow_clock, move, publish

__all__ = [
    "StaleRound",
    "amend",
    "change_ceiling",
    "commit_money",
    "copy",
    "create",
    "create_scheme",
    "end_outage",
    "extend",
    "follow_clock",
    "move",
    "publish",
    "queries",
    "record_outage",
    "rules",
    "save_basics",
    "save_dates",
    "save_money",
    "save_rules",
]
