"""The commands that compute a term: one date on standard output, an explanation on request."""

import pytest
from click.testing import CliRunner

from pool.core.terms_cli import terms_cli


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(terms_cli, arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("objection", "12-02-2027"),
        ("objection", "2027-02-30"),
        ("objection",),
        ("objection", "9999-12-31"),
        ("decision", "2027-02-12", "--weeks", "0"),
        ("decision", "2027-02-12", "--suspended", "2027-03-01"),
        ("decision", "2027-02-12", "--suspended", "2027-03-02:2027-03-01"),
        ("unknown", "2027-02-12"),
    ],
)
def test_what_cannot_be_computed_is_refused(arguments: tuple[str, ...]) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert "Error" in output


def test_a_wrong_date_shows_how_to_write_one() -> None:
    assert "Schrijf een datum als 2027-02-12" in run("objection", "12 februari")[1]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("objection 2027-02-12", "2027-03-30"),
        ("objection 2027-03-24", "2027-05-07"),
        ("objection 2027-03-24 --extra 2027-05-07", "2027-05-10"),
        ("objection-by-post 2027-02-11", "2027-04-01"),
        ("objection-decision 2027-02-12", "2027-05-11"),
        ("objection-decision 2027-02-12 --committee", "2027-06-22"),
        ("objection-decision 2027-02-13 --committee --adjourned", "2027-08-03"),
        ("decision 2026-10-30", "2026-12-28"),
        ("decision 2026-10-30 --weeks 13 --suspended 2026-11-03:2026-11-10", "2027-02-05"),
        ("ranked-decision 2026-07-24", "2026-12-25"),
        ("ranked-decision 2026-07-24 --no-advice", "2026-10-23"),
        ("ranked-decision 2026-10-30 --weeks 8", "2026-12-28"),
        ("supplement 2026-12-11", "2026-12-28"),
        ("hearing 2026-12-11", "2026-12-28"),
        ("hearing 2027-01-19", "2027-02-02"),
        ("not-handled 2026-11-27", "2026-12-28"),
        ("default-notice 2026-11-02 2026-10-01", "2026-11-16"),
        ("payment 2027-02-12", "2027-03-30"),
        ("payment-stop 2026-09-25", "2026-12-25"),
        ("determination-request 2026-12-31", "2027-04-01"),
        ("determination-decision 2026-12-31 --direct", "2027-04-01"),
        ("ex-officio-determination 2026-12-31", "2027-06-03"),
        ("reclaim 2024-02-29", "2029-02-28"),
    ],
)
def test_the_only_line_is_the_last_day(command: str, answer: str) -> None:
    assert run(*command.split()) == (0, answer + "\n")


def test_an_explanation_names_source_and_reason() -> None:
    lines = run("objection", "2027-02-12", "--explain")[1].splitlines()
    assert lines[0] == "2027-03-30"
    assert "dinsdag 30 maart 2027" in lines[1]
    assert "6:7" in lines[2]
    assert "Goede vrijdag" in lines[3]
    suspended = run("decision", "2026-10-30", "--suspended", "2026-11-03:2026-11-10", "--explain")[1]
    assert "Opgeschort: 7 dagen" in suspended


def test_help_lists_every_computation() -> None:
    code, output = run("--help")
    assert code == 0
    for name in terms_cli.commands:
        assert name in output
    assert len(terms_cli.commands) == 15
