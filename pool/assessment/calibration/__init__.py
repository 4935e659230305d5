"""Pure statistics of the committee: calibration, reliability, bias, assignment, attention.

Standard library, numpy and the HiGHS solver only; never Flask, SQLAlchemy or the clock. Numbers in,
numbers out, the same for the same seed. Nothing here decides: merit elsewhere is integer thousandths, and
an adjusted figure ranks only where the published rules of the round said so beforehand.

Where to look:

| module | answers |
|---|---|
| `scores` | which scores are there, and are they fit for use |
| `model`, `snsf` | who scores strictly, what would the order be, how sure are we |
| `coupling` | may assessors be compared at all |
| `reliability` | how far do assessors agree |
| `bias` | does something weigh in that should not |
| `assignment` | who reads what |
| `attention` | what the meeting should talk about |
| `words` | the same in Dutch a committee member understands |
| `report` | everything about one set of scores as JSON |

This file imports nothing, so mounting the command line costs no numpy and no solver.
"""
