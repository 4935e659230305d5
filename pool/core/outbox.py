"""Mail, written in the transaction that causes it and handed over after the commit.

Handing over is idempotent: to a spool directory a mail gets a file name derived from its key, made with
`link()`, so a worker that dies and starts again cannot hand the same mail over twice. With SMTP the
Message-ID is derived from the key, so that a repeat can be recognised by the receiver.
"""

from __future__ import annotations

import os
import smtplib
import tempfile
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from . import jobs
from .access import Actor
from .db import Model, Moment, db, immutable
from .text import sha256_hex


@immutable
class Mail(Model):
    """A mail as it was written. user_id: whom it is for, when that is somebody with an account."""

    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[Moment]


def post(actor: Actor, key: str, recipient: str, subject: str, body: str, user_id: int | None = None) -> None:
    """Write a mail in the running transaction; it leaves after the commit. The same key twice is one mail.

    key: says what the mail is about, e.g. `receipt:12:1`. subject: one line. body: plain Dutch text.
    """
    if jobs.by_key(f"mail:{key}") is not None:
        return
    subject = " ".join(subject.split())
    mail = Mail(
        key=key, user_id=user_id, recipient=recipient, subject=subject, body=body, written_at=actor.at
    )
    db.session.add(mail)
    db.session.flush()
    jobs.enqueue("mail", f"mail:{key}", {"mail_id": mail.id})


def message_id(key: str, domain: str) -> str:
    return f"<{sha256_hex(key.encode())[:40]}@{domain}>"


def compose(mail: Mail) -> EmailMessage:
    """The mail as a message with plain text."""
    sender = current_app.config["POOL_MAIL_FROM"]
    message = EmailMessage()
    message["From"] = Address("Projectenpool", addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = message_id(mail.key, sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body + "\n", cte="quoted-printable")
    return message


def _to_spool(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, folder / name)
        except FileExistsError:
            return  # handed over before, by a worker that died before it could say so
    finally:
        os.unlink(temporary)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _to_smtp(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 25, timeout=30) as server:
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def spool_folder() -> Path:
    return Path(current_app.config["POOL_DATA_DIR"]) / "spool"


@jobs.handler("mail")
def hand_over(job: jobs.Job) -> None:
    """Hand one mail over to the mail server, or to the spool directory when no server is configured."""
    mail = db.session.get_one(Mail, job.payload["mail_id"])
    message = compose(mail)
    name = f"{mail.id:08d}-{sha256_hex(mail.key.encode())[:16]}.eml"
    url = current_app.config["POOL_SMTP_URL"]
    # No transaction stays open while the outside world answers.
    db.session.rollback()
    if url:
        _to_smtp(url, message)
    else:
        _to_spool(spool_folder(), name, bytes(message))
