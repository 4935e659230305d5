"""Forms about rounds: the parts in which one is set up, and the changes after publishing."""

from __future__ import annotations

from ..states import Part
from .changes import (
    AmendForm,
    CeilingForm,
    EndOutageForm,
    ExtendForm,
    MoveForm,
    OutageForm,
    PublishForm,
    SchemeForm,
    StartForm,
)
from .fields import moment
from .lists import BottlenecksForm, BoundsForm, CriteriaForm, DocumentsForm, PurposeForm, QuestionsForm
from .parts import (
    AllocationForm,
    AssessmentForm,
    BasicsForm,
    DatesForm,
    MoneyForm,
    PartForm,
    ReportingForm,
    TermsForm,
    TiesForm,
)

FORMS: dict[Part, type[PartForm]] = {
    Part.BASICS: BasicsForm,
    Part.DATES: DatesForm,
    Part.MONEY: MoneyForm,
    Part.PURPOSE: PurposeForm,
    Part.CRITERIA: CriteriaForm,
    Part.BOTTLENECKS: BottlenecksForm,
    Part.ALLOCATION: AllocationForm,
    Part.BOUNDS: BoundsForm,
    Part.TIES: TiesForm,
    Part.ASSESSMENT: AssessmentForm,
    Part.TERMS: TermsForm,
    Part.REPORTING: ReportingForm,
    Part.QUESTIONS: QuestionsForm,
    Part.DOCUMENTS: DocumentsForm,
}


__all__ = [
    "FORMS",
    "AmendForm",
    "CeilingForm",
    "EndOutageForm",
    "ExtendForm",
    "MoveForm",
    "OutageForm",
    "PartForm",
    "PublishForm",
    "SchemeForm",
    "StartForm",
    "moment",
]
