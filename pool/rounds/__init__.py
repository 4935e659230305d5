"""Schemes and rounds: ceiling, dates, criteria and rules; publishing freezes them."""
