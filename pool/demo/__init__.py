"""The demonstration rounds: the facts of 2019 with invented amounts, a round of last year, and two of today."""
