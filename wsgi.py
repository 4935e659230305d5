"""The application as a server loads it: `gunicorn wsgi:app`."""

from pool.app import create_app

app = create_app()
