"""The application as a server loads it: `gunicorn wsgi:app`."""

import gc

from sqlalchemy.orm import configure_mappers

from pool.app import create_app

app = create_app()

# What a site consists of stays until it stops. Set apart, it is not searched for garbage with every few requests.
configure_mappers()
gc.freeze()
