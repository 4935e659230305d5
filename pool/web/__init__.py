"""The roof: home per role, public register, overview, open data, health."""
