"""Funded projects: reports, regional views, and the picture by region and theme."""
