"""Settings from the environment. The only place that reads os.environ.

Every setting has a name that begins with POOL_. `load` reports all that is wrong at once, so that an
operator mends a configuration in one round.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ("production", "demo", "development", "test")
KNOWN_SECRETS = {"", "dev", "secret", "changeme", "change-me", "test", "geheim"}
MINIMUM_SECRET_LENGTH = 32


class ConfigError(RuntimeError):
    """The configuration is wrong; the message lists every problem with its remedy."""


def _secret(environ: Mapping[str, str], env: str, data_dir: Path, problems: list[str]) -> str:
    given = environ.get("POOL_SECRET_KEY", "")
    if env == "production":
        if given.lower() in KNOWN_SECRETS or len(given) < MINIMUM_SECRET_LENGTH:
            problems.append(
                f"POOL_SECRET_KEY must be a random text of at least {MINIMUM_SECRET_LENGTH} characters; "
                'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return given
    if given:
        return given
    # Outside production a random key is made once and kept beside the data, so that a restart keeps sessions.
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _number(environ: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = environ.get(name, str(default))
    if not text.isdigit():
        problems.append(f"{name} must be a whole number, not {text!r}")
        return default
    return int(text)


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the Flask configuration for this environment.

    Raises ConfigError naming every setting that is missing or wrong.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    env = environ.get("POOL_ENV", "development")
    if env not in ENVIRONMENTS:
        raise ConfigError(f"POOL_ENV must be one of {', '.join(ENVIRONMENTS)}, not {env!r}")
    production = env == "production"
    data_dir = Path(environ.get("POOL_DATA_DIR", ROOT / "var" / env)).resolve()
    database = environ.get("POOL_DATABASE_URL", "")
    if production and not database:
        problems.append("POOL_DATABASE_URL is missing, e.g. postgresql+psycopg://user@host/pool")
    if not database:
        database = f"sqlite:///{data_dir / 'pool.db'}"
    if not database.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("POOL_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    port = _number(environ, "PORT", 8000, problems)
    base_url = environ.get("POOL_BASE_URL", "" if production else f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        problems.append("POOL_BASE_URL must be the address people type, e.g. https://pool.example.nl")
    if production and parts.scheme != "https":
        problems.append("POOL_BASE_URL must begin with https:// in production")
    hosts = [h.strip() for h in environ.get("POOL_TRUSTED_HOSTS", "").split(",") if h.strip()]
    hosts = hosts or [h for h in (parts.hostname, None if production else "localhost") if h]
    smtp = environ.get("POOL_SMTP_URL", "")
    if smtp and urlsplit(smtp).scheme not in ("smtp", "smtps"):
        problems.append("POOL_SMTP_URL must look like smtp://user:password@host:25")
    secret = _secret(environ, env, data_dir, problems)
    proxies = _number(environ, "POOL_PROXIES", 0, problems)
    upload_mb = _number(environ, "POOL_MAX_UPLOAD_MB", 30, problems)
    if problems:
        raise ConfigError("The configuration is not right:\n- " + "\n- ".join(problems))
    return {
        "POOL_ENV": env,
        "POOL_DATA_DIR": data_dir,
        "POOL_BASE_URL": base_url,
        "POOL_SMTP_URL": smtp,
        "POOL_MAIL_FROM": environ.get("POOL_MAIL_FROM", f"projectenpool@{parts.hostname or 'localhost'}"),
        "POOL_PROXIES": proxies,
        "POOL_CLAMD": environ.get("POOL_CLAMD", ""),
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": database,
        "TRUSTED_HOSTS": hosts,
        "MAX_CONTENT_LENGTH": upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": parts.scheme == "https",
        "SESSION_COOKIE_NAME": "__Host-pool" if parts.scheme == "https" else "pool",
        # A form that stood open for hours must still save at the deadline: the token lives as long as the
        # session it is bound to.
        "WTF_CSRF_TIME_LIMIT": None,
        # WTForms speaks Dutch by itself (see core.forms); Flask-WTF would look for Flask-Babel and fall silent.
        "WTF_I18N_ENABLED": False,
        "TEMPLATES_AUTO_RELOAD": env == "development",
    }
