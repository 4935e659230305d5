"""What upstream must tell downstream, without importing it. Few, and each says who sends and who listens.

Receivers run inside the sender's transaction: when one refuses, nothing happened.
"""

from blinker import Namespace

_signals = Namespace()

decision_taken = _signals.signal("decision-taken")
"""Sent by awards with `actor` and `decision` when a decision is taken; followup starts a project on an award."""

interest_declared = _signals.signal("interest-declared")
"""Sent by assessment with `actor`, `user_id` and `application_id` when somebody turns out to have an interest."""

background_changed = _signals.signal("background-changed")
"""Sent by people with `actor` and `user_id` when it becomes known where somebody worked; assessment derives interests
from it."""

application_withdrawn = _signals.signal("application-withdrawn")
"""Sent by applications with `actor` and `application`; awards refuses when a decision was taken about it."""
