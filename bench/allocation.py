"""Measures the allocation engine against plain solver calls and against rules of practice.

    python bench/allocation.py [--rivals PYTHON] [--repeat N] [--quick] [--only SECTION ...]

Sections: hundred, thousand, practice, participatory, explain, frontier, draws, large, huge (default: all;
about five minutes on a quiet machine, every solve has its own limit).

`--rivals` is a Python with bench/requirements-bench.in installed; without it only HiGHS is compared.
Prints one table per question: medians, ratios, CPU seconds, peak memory, versions. CPU seconds are the
ones to compare: on a busy machine the clock says little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from allocation_rounds import plain_knapsack, synthetic_round  # noqa: E402

from pool.allocation.engine import frontier, parse_problem, solve, stability, verify  # noqa: E402
from pool.allocation.engine.explanations import explain_one  # noqa: E402
from pool.allocation.engine.model import Model  # noqa: E402
from pool.allocation.engine.resolve import Resolver  # noqa: E402


def save_model(problem: dict[str, Any], path: Path) -> None:
    """The engine's programme, scaled for float solvers: points, and money in parts of the largest entry."""
    program = Model(parse_problem(problem)).program
    scale = np.maximum(1.0, program.high.astype(float))
    entry = program.entry * scale[program.column_of_entry()]
    top = np.zeros(program.rows)
    np.maximum.at(top, program.index, np.abs(entry))
    top = np.where(top > 0, top, 1.0)
    np.savez(
        path,
        cost=program.cost * scale / 1e9,
        unit=1e9,
        low=program.low / scale,
        high=program.high / scale,
        whole=program.decide,
        start=program.start.astype(np.int32),
        index=program.index.astype(np.int32),
        entry=entry / top[program.index],
        limit=program.limit / top,
        exact_cost=program.cost,
        exact_weight=program.weight,
        exact_low=program.low,
        exact_high=program.high,
        exact_entry=program.entry,
        exact_limit=program.limit,
    )


def rival(python: str, name: str, path: Path, limit: float) -> dict[str, Any] | None:
    command = [python, str(HERE / "allocation_rivals.py"), name, str(path), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  {name}: not measured: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def ours(problem: dict[str, Any], limit: float | None) -> dict[str, Any]:
    """Our solve in a process of its own, so that its peak memory is its own."""
    code = (
        "import sys, json, time, resource; sys.path.insert(0, sys.argv[1])\n"
        "from pool.allocation.engine import parse_problem, solve\n"
        "import pool.allocation.engine.solver\n"
        "p = parse_problem(open(sys.argv[2], 'rb').read()); limit = json.loads(sys.argv[3])\n"
        "t = time.perf_counter(); c = time.process_time(); o = solve(p, time_limit=limit)\n"
        "t = time.perf_counter() - t; c = time.process_time() - c\n"
        "print(json.dumps(dict(seconds=t, cpu=c, objective=o.objective, bound=o.bound, status=o.status, nodes=o.nodes,"
        " ties=o.ties.settled, mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))))\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.json"
        path.write_text(json.dumps(problem), encoding="utf-8")
        command = [sys.executable, "-c", code, str(HERE.parent), str(path), json.dumps(limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def compare(n: int, regions: int, kinds: list[tuple[float, str]], seeds: int, rivals: str | None) -> None:
    print(f"\n== n = {n:,}, {regions} regions: to a proof in whole numbers, ties settled ==")
    # CP-SAT is there to agree with, and hardly gets to large rounds.
    names = ["highs", *(["scip", "cbc", *(["cpsat"] if n <= 100 else [])] if rivals else [])]
    ratios: list[float] = []
    cpu: list[float] = []
    own: list[float] = []
    limit = 15.0
    for divisible, basis in kinds:
        for seed in range(seeds):
            problem = synthetic_round(n, regions, seed, divisible, basis=basis)
            mine = ours(problem, limit)
            if "failed" in mine:
                print(f"  divisible {divisible:.0%} {basis:11} seed {seed}: {mine['failed']}")
                continue
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.npz"
                save_model(problem, path)
                found = {
                    name: rival(sys.executable if name == "highs" else str(rivals), name, path, limit)
                    for name in names
                }
            plain = {k: v["seconds"] for k, v in found.items() if v and v["proven"] and k != "cpsat"}
            fastest = min(plain.values(), default=float("nan"))
            ratios.append(mine["seconds"] / fastest)
            lean = [v["cpu"] for k, v in found.items() if v and v["proven"] and k != "cpsat"]
            cpu.append(mine["cpu"] / min(lean, default=float("nan")))
            own.append(mine["cpu"])
            others = "  ".join(
                f"{k} {v['seconds']:.3f}s (CPU {v['cpu']:.3f}, {v['mib']} MiB, {v['version']}){'' if v['proven'] else ' (no proof)'}"
                for k, v in found.items()
                if v
            )
            print(
                f"  divisible {divisible:.0%} {basis:11} seed {seed}: ours {mine['seconds']:.3f}s (CPU {mine['cpu']:.3f}) {mine['status']}"
                f" ties {'settled' if mine['ties'] else 'open'} {mine['nodes']} boxes {mine['mib']} MiB |"
                f" {others} | ratio {ratios[-1]:.2f}, of CPU {cpu[-1]:.2f}"
            )
            exact = found.get("cpsat")
            if exact and exact["proven"] and int(exact["objective"]) != mine["objective"]:
                print(f"  DISAGREES with CP-SAT: {exact['objective']} and {mine['objective']}")
    print(
        f"  median: CPU {statistics.median(own):.3f}s; ratio to the fastest plain solver"
        f" {statistics.median(ratios):.2f}, of CPU {statistics.median(cpu):.2f} (goal: at most 2)"
    )


def large(n: int, regions: int, limit: float, goal: str) -> None:
    mine = ours(synthetic_round(n, regions, 0), limit)
    if "failed" in mine:
        print(f"\n== n = {n:,}, limit {limit:.0f} s: {mine['failed']} ==")
        return
    gap = (mine["bound"] - mine["objective"]) / mine["objective"]
    print(f"\n== n = {n:,}, {regions} regions, limit {limit:.0f} s (goal: {goal}) ==")
    print(
        f"  gap {gap:.2e} ({mine['bound'] - mine['objective']} nano-points) {mine['seconds']:.1f}s"
        f" (CPU {mine['cpu']:.1f}) {mine['mib']} MiB"
    )


def practice(n: int, seeds: int) -> None:
    print(f"\n== n = {n}: value as a share of ours ==")
    for basis in ("application", "amount"):
        for rule in ("rank_cut", "rank_skip", "ratio"):
            shares = []
            for seed in range(seeds):
                problem = parse_problem(synthetic_round(n, 28, seed, basis=basis))
                best = solve(problem, time_limit=10)
                if best.status == "optimal":
                    shares.append(solve(problem, rule).objective / best.objective)
            print(f"  {basis:11} {rule:9} {statistics.median(shares):.3f}")


def participatory(rivals: str) -> None:
    print("\n== plain knapsack, n = 100: pabutools' exact welfare rule ==")
    for seed in range(3):
        problem = plain_knapsack(100, seed)
        mine = ours(problem, 60)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.npz"
            save_model(problem, path)
            found = rival(rivals, "pabutools", path, 60)
        if found:
            same = "same value" if found["objective"] == mine["objective"] else "DIFFERENT value"
            print(f"  seed {seed}: ours {mine['seconds']:.3f}s, pabutools {found['seconds']:.3f}s, {same}")


def timed(action: Callable[[], Any]) -> tuple[Any, float, float]:
    """What came out, seconds by the clock and CPU seconds."""
    began, busy = time.perf_counter(), time.process_time()
    result = action()
    return result, time.perf_counter() - began, time.process_time() - busy


def explained() -> None:
    problem = parse_problem(synthetic_round(100))
    outcome, seconds, cpu = timed(lambda: solve(problem))
    _, _, checking = timed(lambda: verify(problem.to_dict(), json.loads(json.dumps(outcome.to_dict()))))
    print(f"\n== n = 100, 28 regions: solve {seconds:.3f}s (CPU {cpu:.3f}), verify CPU {checking:.3f}s ==")
    refused = [app.id for app in problem.applications if app.id not in outcome.awards]
    resolver = Resolver(problem, outcome.awards)
    ones, busy, unproven = [], [], 0
    for name in refused:
        item, seconds, cpu = timed(lambda name=name: explain_one(resolver, name))  # type: ignore[misc]
        ones.append(seconds)
        busy.append(cpu)
        unproven += not item.proven
    print(
        f"  all {len(refused)} refused explained: {sum(ones):.2f}s (CPU {sum(busy):.2f}),"
        f" {unproven} unproven (goal: 10 s)"
    )
    print(
        f"  one refused: median {statistics.median(ones):.3f}s (CPU {statistics.median(busy):.3f}),"
        f" worst {max(ones):.3f}s (CPU {max(busy):.3f}) (goal: 0.3 s)"
    )


def edges(repeat: int) -> None:
    problem = parse_problem(synthetic_round(100))
    print("\n== n = 100, 28 regions: frontier ==")
    times, busy = [], []
    for _ in range(repeat):
        result, seconds, cpu = timed(lambda: frontier(problem))
        times.append(seconds)
        busy.append(cpu)
    print(
        f"  {len(result.corners)} corners, complete {result.complete}, median {statistics.median(times):.2f}s"
        f" (CPU {statistics.median(busy):.2f}) (goal: 3 s)"
    )


def drawn(draws: int) -> None:
    problem = parse_problem(synthetic_round(100))
    rnd = random.Random(1)
    merits = [
        {app.id: max(0, min(100_000, int(rnd.gauss(app.merit, 4_000)))) for app in problem.applications}
        for _ in range(draws)
    ]
    shares, seconds, cpu = timed(lambda: stability(problem, merits))
    print(f"\n== n = 100, 28 regions: {draws} draws of the merits ==")
    print(f"  {seconds:.1f}s (CPU {cpu:.1f}), {shares.unproven} unproven (goal: 60 s per 1,000)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rivals", help="a Python that has the rival solvers")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="small sizes and few repeats")
    parser.add_argument("--only", nargs="+", default=[], metavar="SECTION", help="only these sections")
    given = parser.parse_args()
    import highspy

    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, highspy {highspy.Highs().version()}, numpy {np.__version__},")
    print(
        f"{os.cpu_count()} cores, load {load:.1f}{' - NOT QUIET, times are too long' if load > 0.5 else ''}"
    )
    kinds = [(0.5, "application"), (0.5, "amount"), (0.0, "application"), (1.0, "amount")]
    quick, repeat, rivals = given.quick, given.repeat, given.rivals
    sections: dict[str, Callable[[], None]] = {
        "hundred": lambda: compare(100, 28, kinds, 1 if quick else repeat, rivals),
        "thousand": lambda: compare(1_000, 28, kinds[: 1 if quick else 4], 1, rivals),
        "practice": lambda: practice(100, 2 if quick else 10),
        "participatory": lambda: participatory(rivals) if rivals else None,
        "explain": explained,
        "frontier": lambda: edges(repeat),
        "draws": lambda: drawn(50 if quick else 1_000),
        "large": lambda: large(10_000, 100, 10, "gap at most 2e-6 within 10 s"),
        "huge": lambda: large(100_000, 300, 40, "gap at most 2e-6 within 40 s, under 512 MiB"),
    }
    unknown = set(given.only) - set(sections)
    if unknown:
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    began = time.perf_counter()
    for name, section in sections.items():
        if name in given.only or (not given.only and not (quick and name == "huge")):
            section()
            sys.stdout.flush()
    print(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
