"""The demonstration rounds: the facts of 2019 with invented amounts, and two rounds of today."""
