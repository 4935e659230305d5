"""Users, organisations, roles, sign-in and sessions."""
