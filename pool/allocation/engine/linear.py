"""The float relaxation of an integer programme, solved and re-solved by HiGHS.

Nothing that comes out of here decides anything: the point is a hint where to look and the
multipliers are evaluated again in whole numbers (`integer.Bounder`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from pool.allocation.engine.integer import Floats, IntegerProgram, Ints


@dataclass(frozen=True)
class Relaxed:
    """`status` is optimal, infeasible or unknown; multipliers are a ray when infeasible."""

    status: str
    point: Floats
    multipliers: Floats
    iterations: int


def quiet_solver() -> Any:
    """A HiGHS without output, on one thread: repeatable."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("parallel", "off")
    solver.setOptionValue("random_seed", 0)
    return solver


class LinearRelaxation:
    """The relaxation of one programme; keeps its basis from one box to the next."""

    def __init__(self, program: IntegerProgram, presolve: bool = False) -> None:
        self.program = program
        # Columns run from 0 to about 1, rows have entries of about 1, the objective about 1000:
        # coefficients of very different size make a float solver say false things.
        self.column_scale = np.maximum(1.0, program.high.astype(float))
        of_entry = program.column_of_entry()
        entry = program.entry.astype(float) * self.column_scale[of_entry]
        row_top = np.zeros(program.rows)
        np.maximum.at(row_top, program.index, np.abs(entry))
        self.row_scale = np.where(row_top > 0, row_top, 1.0)
        cost = program.cost.astype(float) * self.column_scale
        self.cost_scale = max(1.0, float(np.abs(cost).max(initial=0.0))) / 1000.0
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = program.columns, program.rows
        model.col_cost_ = -cost / self.cost_scale
        model.col_lower_ = program.low / self.column_scale
        model.col_upper_ = program.high / self.column_scale
        model.row_lower_ = np.full(program.rows, -highspy.kHighsInf)
        model.row_upper_ = program.limit / self.row_scale
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = program.start.astype(np.int32)
        model.a_matrix_.index_ = program.index.astype(np.int32)
        model.a_matrix_.value_ = entry / self.row_scale[program.index]
        self.solver = quiet_solver()
        self.solver.setOptionValue("presolve", "on" if presolve else "off")
        self.solver.setOptionValue("solver", "simplex")
        self.solver.setOptionValue("primal_feasibility_tolerance", 1e-9)
        self.solver.setOptionValue("dual_feasibility_tolerance", 1e-9)
        self.solver.passModel(model)
        self.all_columns = np.arange(program.columns, dtype=np.int32)

    def add_rows(self, program: IntegerProgram, rows: list[tuple[Ints, Ints, int]]) -> None:
        """Take on these rows (columns, entries, limit), already in `program`; the basis stays."""
        columns = np.concatenate([row[0] for row in rows])
        sizes = np.array([len(row[0]) for row in rows])
        entry = np.concatenate([row[1] for row in rows]) * self.column_scale[columns]
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        top = np.maximum.reduceat(np.abs(entry), starts)
        top = np.where(top > 0, top, 1.0)
        limit = np.array([row[2] for row in rows]) / top
        self.solver.addRows(
            len(rows),
            np.full(len(rows), -highspy.kHighsInf),
            limit,
            len(columns),
            starts.astype(np.int32),
            columns.astype(np.int32),
            entry / np.repeat(top, sizes),
        )
        self.row_scale = np.concatenate((self.row_scale, top))
        self.program = program

    def solve(self, low: Ints | None = None, high: Ints | None = None) -> Relaxed:
        """Solve inside the box; without a box, inside the last one given."""
        solver, program = self.solver, self.program
        if low is not None and high is not None:
            solver.changeColsBounds(
                program.columns, self.all_columns, low / self.column_scale, high / self.column_scale
            )
        solver.run()
        status = solver.getModelStatus()
        iterations = int(solver.getInfo().simplex_iteration_count)
        if status == highspy.HighsModelStatus.kInfeasible:
            _, found, ray = solver.getDualRay()
            if found:
                # The ray's sign convention is the solver's; the exact test tries what helps.
                multipliers = np.abs(np.asarray(ray)) / self.row_scale
                top = float(multipliers.max(initial=0.0))
                multipliers = multipliers / top * 1e6 if top > 0 else multipliers
                return Relaxed("infeasible", np.zeros(0), multipliers, iterations)
            return Relaxed("unknown", np.zeros(0), np.zeros(program.rows), iterations)
        if status != highspy.HighsModelStatus.kOptimal:
            return Relaxed("unknown", np.zeros(0), np.zeros(program.rows), iterations)
        solution = solver.getSolution()
        point = np.array(solution.col_value) * self.column_scale
        multipliers = -np.array(solution.row_dual) * self.cost_scale / self.row_scale
        return Relaxed("optimal", point, multipliers, iterations)
