"""Who may do what with a round, what its rules may say, and what publishing needs."""

from .amending import AMENDABLE, Change, amended_fields, unfit_amendment
from .fitting import LIMITS, MAX_ROWS, RESERVED_SLUGS, unfit_basics, unfit_dates, unfit_rules
from .publishing import Lack, lacks, missing_for_publishing
from .reporting import (
    STANDARD_ARTICLES,
    account_for,
    determination_by,
    progress_for,
    reporting_of,
    size_of,
    standard_reporting,
    unfit_reporting,
)
from .verdicts import (
    accepts_applications,
    can_amend,
    can_begin_assessment,
    can_change_ceiling,
    can_configure,
    can_edit,
    can_extend,
    can_move,
    can_reopen,
    fell_in_outage,
)

__all__ = [
    "AMENDABLE",
    "LIMITS",
    "MAX_ROWS",
    "RESERVED_SLUGS",
    "STANDARD_ARTICLES",
    "Change",
    "Lack",
    "accepts_applications",
    "account_for",
    "amended_fields",
    "can_amend",
    "can_begin_assessment",
    "can_change_ceiling",
    "can_configure",
    "can_edit",
    "can_extend",
    "can_move",
    "can_reopen",
    "determination_by",
    "fell_in_outage",
    "lacks",
    "missing_for_publishing",
    "progress_for",
    "reporting_of",
    "size_of",
    "standard_reporting",
    "unfit_amendment",
    "unfit_basics",
    "unfit_dates",
    "unfit_reporting",
    "unfit_rules",
]
