"""Advice, decisions, letters and publication."""
