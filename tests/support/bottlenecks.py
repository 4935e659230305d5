"""A round with bottlenecks for tests: what a shelter round asks of its assessors."""

from __future__ import annotations

from dataclasses import replace

from pool.rounds.inputs import STANDARD_MARKS, Bottleneck
from tests.support.world import RULES

NAZORG = Bottleneck("nazorg", "Nazorg", "Na vertrek valt de hulp weg.", STANDARD_MARKS)
SCHULDEN = Bottleneck("schulden", "Schulden", "Schulden houden een nieuw begin tegen.", STANDARD_MARKS)
WONEN = Bottleneck("wonen", "Een eigen huis", "Er zijn te weinig woningen.", STANDARD_MARKS)
SHELTER_RULES = replace(RULES, bottlenecks=(NAZORG, SCHULDEN, WONEN))
