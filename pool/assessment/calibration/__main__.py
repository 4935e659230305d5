"""The command line: `calibration_cli`, mounted by the application as `flask calibration`.

Also by itself: `python -m pool.assessment.calibration fit SCORES.csv --out RESULT.json`. Statistics are loaded
when a command runs, not when the group is mounted.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from .scores import BadScoresError, read_csv


class InputError(click.ClickException):
    """Something wrong with what was asked: message on stderr, exit code 2."""

    exit_code = 2


@click.group("calibration")
def calibration_cli() -> None:
    """Calibrate the scores of a committee."""


@calibration_cli.command("fit")
@click.argument("scores", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="JSON file to write.",
)
@click.option("--k", type=click.IntRange(min=1), help="Number of places, for P(rank <= k).")
@click.option("--model", type=click.Choice(["additive", "snsf"]), default="additive", show_default=True)
@click.option(
    "--scale",
    type=click.Choice(["6", "9", "100"]),
    help="Unit of the scores for --model snsf; default: the smallest that fits.",
)
@click.option("--panel", help="Only the scores of this panel.")
@click.option(
    "--score-column", default="score", show_default=True, help="Name of the column with the scores."
)
@click.option(
    "--seed", type=click.IntRange(min=0), help="Seed of the draws; the same seed gives the same file."
)
def fit(
    scores: Path, out: Path, k: int | None, model: str, scale: str | None, panel: str | None, score_column: str,
    seed: int | None,
) -> None:  # fmt: skip
    """Fit SCORES (CSV with columns proposal, assessor, score and optionally panel) and write --out.

    Exit code 2 with row, column and reason when the input cannot be used; nothing is written then.
    """
    if scale and model != "snsf":
        raise click.UsageError("--scale goes with --model snsf only; the additive model needs no scale")
    try:
        text = scores.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = scores.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(f"{scores.name}: row {line}: is not UTF-8 text") from error
    try:
        table = read_csv(text, score_column, panel)
        from .model import SEED
        from .report import report
        from .snsf import Scale

        result = report(table, model, k, Scale(scale) if scale else None, SEED if seed is None else seed)
    except BadScoresError as error:
        raise InputError(f"{scores.name}: {error}") from error
    try:
        out.write_text(
            json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from error
    index, gate = result["coupling"]["index"], result["coupling"]["gate"]
    click.echo(
        f"{len(table.scores)} scores of {len(table.proposals)} proposals by {len(table.assessors)} assessors; "
        f"coupling E = {index:.2f} ({gate}); severity p = {result['severity']['p']:.3f}; written to {out}"
    )
    if not result["draws"]["converged"]:
        click.echo(f"warning: the draws did not settle (Rhat {result['draws']['rhat']:.3f})", err=True)


if __name__ == "__main__":
    calibration_cli(prog_name="calibration")
