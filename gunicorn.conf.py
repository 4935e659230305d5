"""How gunicorn serves the site; it reads this by itself. How many processes and threads: the command line."""

import gc
from typing import Any

from sqlalchemy.orm import configure_mappers

worker_class = "pool.core.serving.Worker"
# Made once, before it is divided over processes: they start sooner and share the memory.
preload_app = True


def when_ready(server: Any) -> None:
    """Make ready what the first visitors would wait for, before the processes part."""
    configure_mappers()
    # The site is wrapped by what serves its static files.
    pages = server.app.wsgi().jinja_env
    for name in pages.list_templates():
        pages.get_template(name)
    # What a site consists of stays until it stops. Set apart, it is not searched for garbage again and again.
    gc.freeze()
