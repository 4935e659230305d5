"""Scenarios under a ceiling with regional spread."""
