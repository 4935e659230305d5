"""`flask terms …`: compute a term from the command line, to check a letter or a deadline by hand.

The only line on standard output is the last day, so that scripts can read it; `--explain` adds, on the lines
after it, why and by which article. Help and messages are in Dutch, as for every reader.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

import click

from pool.core import terms
from pool.core.text import format_weekday


class Day(click.ParamType[date]):
    """A day as 2027-02-12."""

    name = "jjjj-mm-dd"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or stop with a message that shows the form."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} is geen datum. Schrijf een datum als 2027-02-12.", param, ctx)


class Stretch(click.ParamType[terms.Suspension]):
    """Days that do not count, as 2027-03-01:2027-03-15; the last day counts again."""

    name = "vanaf:tot"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> terms.Suspension:
        """Read both days, or stop with a message that shows the form."""
        if isinstance(value, terms.Suspension):
            return value
        first, _, until = str(value).partition(":")
        day = Day()
        stop = terms.Suspension(
            day.convert(first, param, ctx), day.convert(until, param, ctx), "Opgegeven bij de opdracht"
        )
        if stop.until <= stop.first:
            self.fail("De dag na de dubbele punt moet later zijn dan de dag ervoor.", param, ctx)
        return stop


DAY = Day()
extra_days = click.option(
    "--extra", type=DAY, multiple=True, help="Dag die bij besluit gelijk is aan een feestdag; mag vaker."
)
suspended = click.option(
    "--suspended", type=Stretch(), multiple=True, help="Dagen waarop de termijn stilstaat; mag vaker."
)


@click.group("terms", help="Reken uit wanneer een termijn eindigt (Awb en Algemene termijnenwet).")
def terms_cli() -> None:
    """Group the computations."""


def _computation(name: str, help_text: str) -> Callable[[Callable[..., terms.Term]], click.Command]:
    """Make a computation a subcommand that prints the last day and, on request, why."""

    def decorate(compute: Callable[..., terms.Term]) -> click.Command:
        @wraps(compute)
        def run(explain: bool, **given: Any) -> None:
            try:
                term = compute(**given)
            except (ValueError, OverflowError) as error:
                raise click.UsageError("Deze termijn is niet uit te rekenen.") from error
            click.echo(term.last_day.isoformat())
            if explain:
                for line in _explanation(term):
                    click.echo(line)

        command = click.option("--explain", is_flag=True, help="Leg de uitkomst uit.")(run)
        return terms_cli.command(name, help=help_text)(command)

    return decorate


def _explanation(term: terms.Term) -> list[str]:
    lines = [f"Laatste dag: {format_weekday(term.last_day)}", f"Bron: {term.source}"]
    if term.suspended_days:
        lines.append(f"Opgeschort: {term.suspended_days} dagen")
    if term.reason:
        lines.append(term.reason)
    return lines


@_computation("objection", "Bezwaar: zes weken na de bekendmaking.")
@click.argument("announced", type=DAY)
@extra_days
def objection(announced: date, extra: tuple[date, ...]) -> terms.Term:
    """End of the objection term."""
    return terms.objection(announced, calendar=terms.Calendar(extra))


@_computation("objection-by-post", "Uiterste ontvangst van een bezwaar dat op tijd is gepost.")
@click.argument("announced", type=DAY)
@extra_days
def objection_by_post(announced: date, extra: tuple[date, ...]) -> terms.Term:
    """Latest arrival of a posted objection."""
    return terms.objection_by_post(announced, calendar=terms.Calendar(extra))


@_computation("objection-decision", "Besluit op bezwaar, vanaf de bekendmaking van het eerste besluit.")
@click.argument("announced", type=DAY)
@click.option("--committee", is_flag=True, help="Met adviescommissie: twaalf weken in plaats van zes.")
@click.option("--adjourned", is_flag=True, help="Met zes weken verdaagd.")
@suspended
@extra_days
def objection_decision(
    announced: date,
    committee: bool,
    adjourned: bool,
    suspended: tuple[terms.Suspension, ...],
    extra: tuple[date, ...],
) -> terms.Term:
    """Decision on an objection."""
    return terms.objection_decision(
        announced,
        committee=committee,
        adjourned=adjourned,
        suspensions=suspended,
        calendar=terms.Calendar(extra),
    )


@_computation("decision", "Besluit op een aanvraag, vanaf de ontvangst: acht weken of wat de regeling zegt.")
@click.argument("received", type=DAY)
@click.option("--weeks", type=click.IntRange(1, 520), default=8, show_default=True, help="Weken.")
@suspended
@extra_days
def decision(
    received: date, weeks: int, suspended: tuple[terms.Suspension, ...], extra: tuple[date, ...]
) -> terms.Term:
    """Decision counted from receipt."""
    return terms.decision(received, weeks=weeks, suspensions=suspended, calendar=terms.Calendar(extra))


@_computation("ranked-decision", "Besluit in een ronde met plafond en rangschikking, vanaf de sluiting.")
@click.argument("closed", type=DAY)
@click.option("--no-advice", is_flag=True, help="Zonder adviescommissie: 13 weken in plaats van 22.")
@click.option("--weeks", type=click.IntRange(1, 520), help="Weken, als de ronde zelf een termijn heeft.")
@suspended
def ranked_decision(
    closed: date, no_advice: bool, weeks: int | None, suspended: tuple[terms.Suspension, ...]
) -> terms.Term:
    """Decision counted from the closing of a round."""
    return terms.ranked_decision(closed, advice=not no_advice, weeks=weeks, suspensions=suspended)


@_computation("supplement", "Aanvulling van een aanvraag, vanaf het verzoek.")
@click.argument("requested", type=DAY)
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="Dagen.")
@extra_days
def supplement(requested: date, days: int, extra: tuple[date, ...]) -> terms.Term:
    """Deadline for a supplement."""
    return terms.supplement(requested, days=days, calendar=terms.Calendar(extra))


@_computation("hearing", "Zienswijze op een voornemen om af te wijzen, vanaf het bericht.")
@click.argument("asked", type=DAY)
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="Dagen.")
@extra_days
def hearing(asked: date, days: int, extra: tuple[date, ...]) -> terms.Term:
    """Deadline for a view."""
    return terms.hearing(asked, days=days, calendar=terms.Calendar(extra))


@_computation("not-handled", "Bekendmaken dat een onvolledige aanvraag niet wordt behandeld: vier weken.")
@click.argument("supplied_or_passed", type=DAY)
@extra_days
def not_handled(supplied_or_passed: date, extra: tuple[date, ...]) -> terms.Term:
    """Not handling an incomplete application."""
    return terms.not_handled(supplied_or_passed, calendar=terms.Calendar(extra))


@_computation("default-notice", "Laatste dag om zonder dwangsom te beslissen na een ingebrekestelling.")
@click.argument("received", type=DAY)
@click.argument("decision_due", type=DAY)
def default_notice(received: date, decision_due: date) -> terms.Term:
    """Two weeks after a notice of default."""
    return terms.default_notice(received, decision_due)


@_computation("payment", "Betaling: zes weken na de bekendmaking.")
@click.argument("announced", type=DAY)
@extra_days
def payment(announced: date, extra: tuple[date, ...]) -> terms.Term:
    """Payment of a grant."""
    return terms.payment(announced, calendar=terms.Calendar(extra))


@_computation(
    "payment-stop", "Hoe lang een betaling stil mag liggen bij een ernstig vermoeden: dertien weken."
)
@click.argument("notified", type=DAY)
def payment_stop(notified: date) -> terms.Term:
    """Suspension of payment."""
    return terms.payment_stop(notified)


@_computation("determination-request", "Aanvraag tot vaststelling, vanaf het einde van de activiteiten.")
@click.argument("activities_ended", type=DAY)
@click.option("--weeks", type=click.IntRange(1, 520), default=13, show_default=True, help="Weken.")
def determination_request(activities_ended: date, weeks: int) -> terms.Term:
    """Request for determination."""
    return terms.determination_request(activities_ended, weeks=weeks)


@_computation("determination-decision", "Besluit op een aanvraag tot vaststelling, vanaf de ontvangst.")
@click.argument("received", type=DAY)
@click.option("--direct", is_flag=True, help="Direct vaststellen: 13 weken in plaats van 22.")
@suspended
def determination_decision(
    received: date, direct: bool, suspended: tuple[terms.Suspension, ...]
) -> terms.Term:
    """Decision on determination."""
    return terms.determination_decision(received, direct=direct, suspensions=suspended)


@_computation("ex-officio-determination", "Ambtshalve vaststelling, vanaf de einddatum in het besluit.")
@click.argument("activities_end", type=DAY)
def ex_officio_determination(activities_end: date) -> terms.Term:
    """Determination without a request."""
    return terms.ex_officio_determination(activities_end)


@_computation("reclaim", "Terugvordering: vijf jaar na de vaststelling.")
@click.argument("determined", type=DAY)
def reclaim(determined: date) -> terms.Term:
    """Reclaim of money paid."""
    return terms.reclaim(determined)
