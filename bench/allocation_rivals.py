"""One plain solver call on the engine's model, in a process of its own.

    python bench/allocation_rivals.py NAME MODEL.npz SECONDS

prints one JSON line: seconds of the solve alone, CPU seconds of it, objective (float, nano-points), bound if known, MiB.
Awards are integer columns; amounts above the minimum and region steps stay continuous, which is how
each solver does best. The numbers are scaled alike for all.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np


def main() -> None:
    name, path, limit = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with np.load(path) as loaded:
        model = {key: loaded[key] for key in loaded.files}
    answer = {"highs": highs, "scip": scip, "cbc": cbc, "cpsat": cpsat, "pabutools": pabutools}[name](
        model, limit
    )
    answer["mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(answer))


def _now() -> tuple[float, float]:
    """The clock, and CPU seconds of this process and of its children: some solvers are programs."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), time.process_time() + children.ru_utime + children.ru_stime


def _since(began: tuple[float, float]) -> dict[str, float]:
    seconds, cpu = _now()
    return {"seconds": seconds - began[0], "cpu": cpu - began[1]}


def highs(model: dict[str, Any], limit: float) -> dict[str, Any]:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model["cost"]), len(model["limit"])
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = -model["cost"], model["low"], model["high"]
    lp.row_lower_, lp.row_upper_ = np.full(lp.num_row_, -highspy.kHighsInf), model["limit"]
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        model["start"],
        model["index"],
        model["entry"],
    )
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model["whole"]]
    solver = highspy.Highs()
    for key, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("time_limit", limit)):
        solver.setOptionValue(key, value)
    solver.passModel(lp)
    began = _now()
    solver.run()
    spent = _since(began)
    info = solver.getInfo()
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return {
        **spent,
        "objective": -info.objective_function_value * float(model["unit"]),
        "proven": proven,
        "version": solver.version(),
    }


def _rows(model: dict[str, Any]) -> list[list[tuple[int, float]]]:
    rows: list[list[tuple[int, float]]] = [[] for _ in model["limit"]]
    column = np.repeat(np.arange(len(model["cost"])), np.diff(model["start"]))
    for j, i, entry in zip(column.tolist(), model["index"].tolist(), model["entry"].tolist(), strict=True):
        rows[i].append((j, entry))
    return rows


def scip(model: dict[str, Any], limit: float) -> dict[str, Any]:
    import pyscipopt

    solver = pyscipopt.Model()
    solver.hideOutput()
    solver.setParam("limits/time", limit)
    v = [
        solver.addVar(vtype="I" if whole else "C", lb=low, ub=high, obj=-cost)
        for whole, low, high, cost in zip(
            model["whole"], model["low"], model["high"], model["cost"], strict=True
        )
    ]
    for row, most in zip(_rows(model), model["limit"], strict=True):
        solver.addCons(pyscipopt.quicksum(entry * v[j] for j, entry in row) <= float(most))
    began = _now()
    solver.optimize()
    return {
        **_since(began),
        "objective": -solver.getObjVal() * float(model["unit"]),
        "proven": solver.getStatus() == "optimal",
        "version": f"{solver.version()}",
    }


def cbc(model: dict[str, Any], limit: float) -> dict[str, Any]:
    import pulp

    problem = pulp.LpProblem("round", pulp.LpMaximize)
    v = [
        pulp.LpVariable(f"v{j}", low, high, "Integer" if whole else "Continuous")
        for j, (whole, low, high) in enumerate(zip(model["whole"], model["low"], model["high"], strict=True))
    ]
    problem += pulp.lpSum(float(cost) * v[j] for j, cost in enumerate(model["cost"]))
    for row, most in zip(_rows(model), model["limit"], strict=True):
        if row:
            problem += pulp.lpSum(entry * v[j] for j, entry in row) <= float(most)
    began = _now()
    problem.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=limit, gapRel=0.0))
    # The call writes and reads files; that is how it is used, so it counts.
    return {
        **_since(began),
        "objective": pulp.value(problem.objective) * float(model["unit"]),
        "proven": problem.sol_status == pulp.LpSolutionOptimal,
        "version": pulp.__version__,
    }


def cpsat(model: dict[str, Any], limit: float) -> dict[str, Any]:
    """Exact whole numbers: the same model without any scaling, amounts whole as well."""
    import ortools
    from ortools.sat.python import cp_model

    solver_model = cp_model.CpModel()
    low, high = model["exact_low"].tolist(), model["exact_high"].tolist()
    v = [solver_model.new_int_var(a, b, "") for a, b in zip(low, high, strict=True)]
    exact = {**model, "entry": model["exact_entry"], "limit": model["exact_limit"]}
    for row, most in zip(_rows(exact), model["exact_limit"].tolist(), strict=True):
        if row:
            solver_model.add(
                cp_model.LinearExpr.weighted_sum([v[j] for j, _ in row], [int(e) for _, e in row]) <= most
            )
    solver_model.maximize(cp_model.LinearExpr.weighted_sum(v, model["exact_cost"].tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = limit
    began = _now()
    status = solver.solve(solver_model)
    return {
        **_since(began),
        "objective": solver.objective_value,
        "proven": status == cp_model.OPTIMAL,
        "version": ortools.__version__,
    }


def pabutools(model: dict[str, Any], limit: float) -> dict[str, Any]:
    """The exact welfare rule on a plain knapsack, fed whole numbers."""
    import pabutools as package
    from pabutools.election import AdditiveSatisfaction, ApprovalBallot, ApprovalProfile, Instance, Project
    from pabutools.rules import max_additive_utilitarian_welfare

    weight, cost = model["exact_weight"].tolist(), model["exact_cost"].tolist()
    worth = {f"p{j}": value // 1_000_000 for j, value in enumerate(cost)}
    projects = [Project(f"p{j}", int(w)) for j, w in enumerate(weight)]
    instance = Instance(projects, budget_limit=int(model["exact_limit"][0]))

    class Merit(AdditiveSatisfaction):  # type: ignore[misc]
        def __init__(self, instance: Any, profile: Any, ballot: Any) -> None:
            super().__init__(instance, profile, ballot, lambda i, p, b, project, pre: worth[project.name])

    profile = ApprovalProfile([ApprovalBallot(projects)], instance=instance)
    began = _now()
    chosen = max_additive_utilitarian_welfare(instance, profile, sat_class=Merit)
    return {
        **_since(began),
        "objective": sum(worth[project.name] for project in chosen) * 1_000_000,
        "proven": True,
        "version": getattr(package, "__version__", "?"),
    }


if __name__ == "__main__":
    main()
