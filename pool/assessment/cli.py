"""Commands: the statistics of the committee. They load numpy only when a fit is made."""

from __future__ import annotations

from .calibration.__main__ import calibration_cli

groups = [calibration_cli]
