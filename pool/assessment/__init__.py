"""Interests, assignment, blind scores, calibration, panel and merit."""
