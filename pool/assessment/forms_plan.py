"""Forms of the plan of who reads what, and of the last day for scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange

from pool.applications.models import Application
from pool.core.forms import DateField, Form, Optional, Required, options
from pool.people.models import User

from .inputs import DeadlineInput, PlanOptions
from .plan import MOST_CALIBRATION, Pair


class PlanForm(Form):
    """A step about a plan. version: of the plan that was looked at."""

    version = HiddenField()

    def seen(self) -> int | None:
        """The version that was looked at; None when there was no plan yet."""
        text = self.version.data or ""
        return None if not text else int(text) if text.isascii() and text.isdecimal() else -1


class PlanOptionsForm(PlanForm):
    """How to plan."""

    maximum = IntegerField(
        "Hoogstens per beoordelaar",
        validators=[Optional(), NumberRange(1, 500, "Vul een aantal in van 1 tot en met 500.")],
    )
    own_region = BooleanField("Een beoordelaar mag een aanvraag uit de eigen regio lezen")
    calibration = SelectMultipleField(
        f"Aanvragen die iedereen leest (hoogstens {MOST_CALIBRATION})", coerce=int, validate_choice=False
    )

    def offer(self, files: Sequence[Application]) -> None:
        self.calibration.choices = options((str(a.id), f"{a.reference} – {a.title}") for a in files)

    def to_options(self) -> PlanOptions:
        return PlanOptions(
            self.maximum.data, bool(self.own_region.data), frozenset(self.calibration.data or ())
        )


class PinForm(PlanForm):
    user_id = SelectField("Beoordelaar", coerce=int)

    def offer(self, assessors: Iterable[User]) -> None:
        self.user_id.choices = options((str(user.id), user.name) for user in assessors)


class MoveForm(PlanForm):
    user_id = SelectField("Wie verplaatst u?", coerce=int, id="mover")
    to_application_id = SelectField("Naar welke aanvraag?", coerce=int)

    def offer(self, readers: Iterable[User], files: Iterable[Application]) -> None:
        self.user_id.choices = options((str(user.id), user.name) for user in readers)
        self.to_application_id.choices = options((str(a.id), f"{a.reference} – {a.title}") for a in files)


class SwapForm(PlanForm):
    user_id = SelectField("Wie gaat hier weg?", coerce=int, id="leaver")
    other = SelectField("Wie komt ervoor in de plaats?")

    def offer(self, readers: Iterable[User], others: Iterable[tuple[Application, User]]) -> None:
        self.user_id.choices = options((str(user.id), user.name) for user in readers)
        self.other.choices = options((f"{a.id}-{u.id}", f"{u.name}, nu bij {a.reference}") for a, u in others)

    def pair(self) -> Pair:
        """(application, assessor); only of what was offered."""
        application, _, user = str(self.other.data).partition("-")
        return int(application), int(user)


def options_form(usual: PlanOptions, version: int | None, files: Sequence[Application]) -> PlanOptionsForm:
    """The form with what the plan was made with, or else the one before it."""
    form = PlanOptionsForm(
        maximum=usual.maximum,
        own_region=usual.own_region,
        calibration=sorted(usual.calibration),
        version=str(version or ""),
    )
    form.offer(files)
    return form


class DeadlineForm(Form):
    last_day = DateField("Laatste dag voor scores", validators=[Required("Kies een dag.")])
    remind_days = IntegerField(
        "Zoveel dagen van tevoren herinneren",
        validators=[
            Required("Vul een aantal dagen in; 0 is geen herinnering vooraf."),
            NumberRange(0, 30, "Vul een aantal dagen in van 0 tot en met 30."),
        ],
    )

    def to_input(self) -> DeadlineInput:
        return DeadlineInput(self.last_day.data, self.remind_days.data)
