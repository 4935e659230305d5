"""Does calibration find the best proposals, and do its chances come true? A simulation with known truth.

    python bench/calibration.py [--repeats 400]

100 proposals, 10 assessors, 3 scores each, 40 places; quality sd .7, noise sd .8 levels of a nine-level scale.
Prints, for several severities and designs, how much of the true top 40 the raw and the adjusted top 40 hold (per
cent, with the Monte Carlo standard error), then how often posterior chances come true. Compare scoring.md 4.2 and
4.3. Exit code 1 when with random assignment and severity spread .8 adjusted is not clearly better than raw, or
when without severity it is worse.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# The matrices are small: a second thread costs more than it brings.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from pool.assessment.calibration.coupling import coupling
from pool.assessment.calibration.design import Design, Floats
from pool.assessment.calibration.model import estimate, fit_additive
from pool.assessment.calibration.scores import Score, ScoreTable

PROPOSALS, ASSESSORS, PLACES = 100, 10, 40
QUALITY, NOISE = 0.7, 0.8


def readers(rng: np.random.Generator, scores: int, bridge: float | None) -> list[list[int]]:
    """Who reads what: at random with equal loads, or in two halves of which a share `bridge` reads across."""
    if bridge is None:
        # Deal shuffled decks of all assessors, redoing a hand that holds one twice.
        deck: list[int] = []
        hands = []
        for _ in range(PROPOSALS):
            hand: list[int] = []
            while len(hand) < scores:
                if not [who for who in deck if who not in hand]:
                    deck += rng.permutation(ASSESSORS).tolist()
                hand.append(next(who for who in deck if who not in hand))
                deck.remove(hand[-1])
            hands.append(hand)
        return hands
    half = ASSESSORS // 2
    hands = []
    for proposal in range(PROPOSALS):
        side = half * (proposal >= PROPOSALS // 2)
        own = (side + rng.choice(half, scores, replace=False)).tolist()
        if rng.random() < bridge:
            own[0] = int(half - side + rng.integers(half))
        hands.append(own)
    return hands


def draw(
    rng: np.random.Generator, severity: float, scores: int, bridge: float | None, difference: float
) -> tuple[Floats, ScoreTable]:
    """(true quality, scores); `difference` is how much better the second half truly is, in sd of quality."""
    theta = rng.normal(0, QUALITY, PROPOSALS)
    theta[PROPOSALS // 2 :] += difference * QUALITY
    nu = rng.normal(0, severity, ASSESSORS)
    rows = [
        Score(f"P{i}", f"A{j}", 50 + 12.5 * float(theta[i] + nu[j] + rng.normal(0, NOISE)))
        for i, hand in enumerate(readers(rng, scores, bridge))
        for j in hand
    ]
    return theta, ScoreTable.of(rows)


def share(figure: Floats, theta: Floats) -> float:
    best = set(np.argsort(-theta, kind="stable")[:PLACES].tolist())
    return 100 * len(best & set(np.argsort(-figure, kind="stable")[:PLACES].tolist())) / PLACES


def overlap(
    severity: float, scores: int, bridge: float | None, difference: float, repeats: int
) -> tuple[float, float, str]:
    """(mean raw, mean adjusted, the line to print)."""
    rng = np.random.default_rng(20180401)
    found = np.empty((repeats, 2))
    index = np.empty(repeats)
    for repeat in range(repeats):
        theta, table = draw(rng, severity, scores, bridge, difference)
        design = Design.of(table)
        _, shrunk = estimate(design)
        adjusted = design.raw() - design.incidence @ shrunk.nu / design.n_i
        found[repeat] = share(design.raw(), theta), share(adjusted, theta)
        index[repeat] = coupling(design.incidence).index
    raw, adjusted_mean = found.mean(axis=0)
    gain = found[:, 1] - found[:, 0]
    error = gain.std(ddof=1) / np.sqrt(repeats)
    kind = "random" if bridge is None else f"two halves, {bridge:.0%} across"
    better = f", one truly {difference:g} sd better" if difference else ""
    line = (
        f"{kind + better:44s} r={scores} severity {severity:.1f}  E {index.mean():.2f} | raw {raw:5.1f}  adjusted "
        f"{adjusted_mean:5.1f}  gain {gain.mean():+5.1f} (se {error:.2f})"
    )
    return float(raw), float(adjusted_mean), line


def chances(repeats: int) -> list[str]:
    """How often posterior statements come true, over proposals and repeats."""
    rng = np.random.default_rng(7)
    told, came, inside, half = [], [], [], []
    for repeat in range(repeats):
        theta, table = draw(rng, 0.4, 3, None, 0.0)
        fit = fit_additive(table, PLACES, seed=repeat)
        rank = np.argsort(np.argsort(-theta)) + 1
        for one in fit.proposals:
            true = int(rank[int(one.proposal[1:])])
            told.append(one.top_k)
            came.append(true <= PLACES)
            inside.append(one.rank_90[0] <= true <= one.rank_90[1])
            half.append(one.rank_50[0] <= true <= one.rank_50[1])
    chance, hit = np.array(told, dtype=float), np.array(came)
    lines = []
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (chance >= low) & (chance <= low + 0.2)
        lines.append(
            f"P(top {PLACES}) told {low:.1f}-{low + 0.2:.1f}: mean {chance[here].mean():.2f}, came true "
            f"{hit[here].mean():.2f} ({int(here.sum())} proposals)"
        )
    lines.append(
        f"true rank inside the 90 % interval: {np.mean(inside):.1%}; inside the 50 % interval: {np.mean(half):.1%}"
    )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description="How well does calibration do when the truth is known?")
    parser.add_argument("--repeats", type=int, default=400)
    repeats: int = parser.parse_args().repeats
    print(f"share of the true top {PLACES} among the top {PLACES}, {repeats} repeats")
    good = True
    for severity, scores, bridge, difference in (
        (0.0, 3, None, 0.0), (0.4, 3, None, 0.0), (0.8, 3, None, 0.0), (0.4, 2, None, 0.0), (0.4, 4, None, 0.0),
        (0.4, 3, 0.15, 0.0), (0.0, 3, 0.15, 1.0), (0.4, 3, 0.15, 1.0), (0.8, 3, 0.15, 1.0),
    ):  # fmt: skip
        raw, adjusted, line = overlap(severity, scores, bridge, difference, repeats)
        print(line, flush=True)
        if bridge is None and severity == 0.8:
            good &= adjusted > raw + 2
        if bridge is None and severity == 0.0:
            good &= adjusted > raw - 0.5
    print()
    for line in chances(max(5, repeats // 20)):
        print(line)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
