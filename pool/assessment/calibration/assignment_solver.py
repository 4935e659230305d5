"""The mixed-integer programme behind `assignment.assign`, on HiGHS.

    maximise   BALANCE t + sum a_ij x_ij             a_ij affinity, t that of the worst-off application
    subject to sum_j x_ij = r_i                      every application its scores
               L_j <= sum_i x_ij <= U_j              loads
               sum_(j knows a theme of i) x_ij >= e_i
               sum_j a_ij x_ij - t >= 0
               x_ij = 1 for pins; x_ij exists only where i and j may meet; x binary

(scoring.md 5). With a former plan, first the kept pairs are maximised and then held. When nothing fits, a second
programme lets every rule give way at a price and reports the cheapest set that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

from .assignment import InfeasibleError, Pair, Plan, Problem
from .assignment_swaps import Board, raise_coupling
from .coupling import coupling
from .words import Remark

BALANCE = 100.0
# Prices of one unit of a rule that gives way: about equal, but among equals a load is the easiest to change.
LOAD, SHORT, UNKNOWING = 10.0, 11.0, 12.0
_INF = float("inf")


@dataclass
class _Model:
    """A linear programme under construction: columns, then rows over them."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)

    def column(self, cost: float, lower: float, upper: float) -> int:
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, low: float, high: float, terms: Sequence[tuple[int, float]]) -> None:
        self.rows.append((low, high, [index for index, _ in terms], [value for _, value in terms]))

    def maximise(self, seconds: float, relative_gap: float) -> tuple[list[float] | None, bool]:
        """(values of the columns or None, proven optimal). All columns are integers."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (
            np.array(part, dtype=np.float64) for part in (self.cost, self.lower, self.upper)
        )
        lp.row_lower_ = np.array([row[0] for row in self.rows], dtype=np.float64)
        lp.row_upper_ = np.array([row[1] for row in self.rows], dtype=np.float64)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(row[2]) for row in self.rows)], dtype=np.int32)
        lp.a_matrix_.index_ = np.array([index for row in self.rows for index in row[2]], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([value for row in self.rows for value in row[3]], dtype=np.float64)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
        lp.sense_ = highspy.ObjSense.kMaximize
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        # One thread: the path to an optimum, and with it the choice among equals, is then always the same.
        for option, value in (
            ("output_flag", False), ("parallel", "off"), ("random_seed", 0), ("time_limit", seconds),
            ("mip_rel_gap", relative_gap), ("mip_abs_gap", 0.5),
        ):  # fmt: skip
            solver.setOptionValue(option, value)
        solver.passModel(lp)
        solver.run()
        optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if not optimal and solver.getInfo().primal_solution_status != int(
            highspy.SolutionStatus.kSolutionStatusFeasible
        ):
            return None, solver.getModelStatus() != highspy.HighsModelStatus.kTimeLimit
        return list(solver.getSolution().col_value), optimal


def solve(problem: Problem) -> Plan:
    """The plan of `assignment.assign`, for a problem without obvious obstacles. Raises InfeasibleError."""
    seconds = problem.rules.seconds
    model, columns = _build(problem)
    held = sorted(pair for pair in problem.former if pair in columns)
    proven = True
    if held:
        objective = model.cost
        model.cost = [0.0] * len(objective)
        for pair in held:
            model.cost[columns[pair]] = 1.0
        values, proven = model.maximise(seconds, 0.0)
        if values is None:
            raise InfeasibleError(_why(problem, proven))
        kept = sum(round(values[columns[pair]]) for pair in held)
        model.cost = objective
        model.row(kept, _INF, [(columns[pair], 1.0) for pair in held])
    values, optimal = model.maximise(seconds, 1e-3)
    if values is None:
        raise InfeasibleError(_why(problem, optimal))
    return _finish(
        problem, {pair for pair, column in columns.items() if round(values[column])}, proven and optimal
    )


def _build(problem: Problem, give_way: bool = False) -> tuple[_Model, dict[Pair, int]]:
    """The programme and the column of each pair that may be; with `give_way` see `_why`."""
    model = _Model()
    columns: dict[Pair, int] = {}
    for one in problem.applications:
        for key in problem.eligible[one.key]:
            pinned = (one.key, key) in problem.pins
            cost = 0.0 if give_way else float(problem.affinity(one, problem.assessor[key]))
            columns[one.key, key] = model.column(cost, 1.0 if pinned else 0.0, 1.0)
    worst = None if give_way else model.column(BALANCE, 0.0, 1e6)
    for one in problem.applications:
        readers = [(columns[one.key, key], problem.assessor[key]) for key in problem.eligible[one.key]]
        needed, experts = problem.demand(one), problem.experts_needed(one)
        every = [(column, 1.0) for column, _ in readers]
        knowing = [(column, 1.0) for column, reader in readers if problem.expert(one, reader)]
        if give_way:
            every.append((model.column(-SHORT, 0.0, needed), 1.0))
            knowing.append((model.column(-UNKNOWING, 0.0, experts), 1.0))
        model.row(needed, needed, every)
        if experts:
            model.row(experts, _INF, knowing)
        if worst is not None:
            suits = [(column, float(problem.affinity(one, reader))) for column, reader in readers]
            model.row(0.0, _INF, [*(term for term in suits if term[1]), (worst, -1.0)])
    for other in problem.assessors:
        own = [
            (columns[one.key, other.key], 1.0)
            for one in problem.applications
            if (one.key, other.key) in columns
        ]
        if give_way:
            most = float(len(problem.applications))
            own += [(model.column(-LOAD, 0.0, most), -1.0), (model.column(-LOAD, 0.0, most), 1.0)]
        model.row(other.minimum, other.maximum, own)
    return model, columns


def _why(problem: Problem, proven: bool) -> list[Remark]:
    """The cheapest set of rules that would have to give way."""
    if not proven:
        return [Remark.of("no_solution_found")]
    model, columns = _build(problem, give_way=True)
    values, _ = model.maximise(problem.rules.seconds, 0.0)
    if values is None:
        return [Remark.of("no_solution_found")]
    # The columns after the pairs stand in the order in which _build made them.
    slack = iter(values[len(columns) :])
    reasons: list[Remark] = []
    for one in problem.applications:
        short, experts = round(next(slack)), round(next(slack))
        if short:
            reasons.append(Remark.of("short_of_assessors", proposal=one.key, short=short))
        if experts:
            reasons.append(Remark.of("short_of_experts", proposal=one.key, short=experts))
    for other in problem.assessors:
        over, under = round(next(slack)), round(next(slack))
        if over:
            reasons.append(Remark.of("over_maximum", assessor=other.key, over=over))
        if under:
            reasons.append(Remark.of("under_minimum", assessor=other.key, under=under))
    return reasons


def _finish(problem: Problem, solved: set[Pair], optimal: bool) -> Plan:
    """Swap for coupling, and describe the plan."""
    seat = {one.key: index for index, one in enumerate(problem.assessors)}
    shape = (len(problem.applications), len(problem.assessors))
    chosen, allowed, fixed, knows = (np.zeros(shape, dtype=bool) for _ in range(4))
    affinity = np.zeros(shape, dtype=np.int64)
    for row, one in enumerate(problem.applications):
        for key in problem.eligible[one.key]:
            pair, column = (one.key, key), seat[key]
            allowed[row, column] = True
            chosen[row, column] = pair in solved
            fixed[row, column] = pair in solved and (pair in problem.pins or pair in problem.former)
            knows[row, column] = problem.expert(one, problem.assessor[key])
            affinity[row, column] = problem.affinity(one, problem.assessor[key])
    experts = np.array([problem.experts_needed(one) for one in problem.applications], dtype=np.int64)
    before = coupling(chosen.astype(np.float64)).index
    solved_affinity = int(affinity[chosen].sum())
    board = Board(chosen, allowed, fixed, knows, experts, affinity)
    swapped = raise_coupling(board, problem.rules.spare)
    after = coupling(swapped.astype(np.float64)).index
    if after <= before:
        # Fewer repeated meetings nearly always means better coupling; where not, the first plan stands.
        swapped, after = chosen, before
    pairs = tuple(
        (one.key, other.key)
        for row, one in enumerate(problem.applications)
        for column, other in enumerate(problem.assessors)
        if swapped[row, column]
    )
    given = set(pairs)
    return Plan(
        pairs,
        tuple(pair for pair in pairs if pair not in problem.former),
        tuple(sorted(problem.former - given)),
        after,
        before,
        int(affinity[swapped].sum()),
        solved_affinity,
        int((affinity * swapped).sum(axis=1).min()) if problem.applications else 0,
        optimal,
    )
