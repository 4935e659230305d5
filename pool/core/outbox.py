"""Mail, written in the transaction that causes it and handed over after the commit.

Every mail is a row, whether it leaves at once, in an overview, or not at all (see `delivery`): what was mailed can
always be read in the portal (see `mailbox`). Handing over is idempotent: to a spool directory a mail gets a file
name derived from its key, made with `link()`, so a worker that dies and starts again cannot hand the same mail
over twice. With SMTP the Message-ID is derived from the key, so that a repeat can be recognised by the receiver.
"""

from __future__ import annotations

import datetime as dt
import os
import smtplib
import tempfile
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from . import jobs
from .access import Actor
from .db import Model, Moment, db, end_reading, enum_type, immutable
from .delivery import Delivery, MailKind, delivery_to, kind_type, next_digest
from .text import sha256_hex

GREETING = "Beste lezer,"
CLOSING = "Met vriendelijke groet,\n\nhet programmateam van de Projectenpool"


@immutable
class Mail(Model):
    """A message as it was written, and how it goes out.

    user_id: whom it is for, when that is somebody with an account. chain: the aggregate it tells something of,
    named as in the trail (`application:12`, `round:3`), or empty; whoever may know nothing of that, does not see
    the message either. thing: where it leads to, such as `decision:5` (see PLACES), or empty. digest_at: the moment
    of the overview in which it goes out.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(
            "(delivery IN ('daily', 'weekly')) = (digest_at IS NOT NULL)", "overview_has_its_moment"
        ),
        CheckConstraint("delivery = 'at_once' OR user_id IS NOT NULL", "only_people_choose"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[Moment]
    kind: Mapped[MailKind] = mapped_column(kind_type())
    chain: Mapped[str]
    thing: Mapped[str]
    delivery: Mapped[Delivery] = mapped_column(enum_type(Delivery))
    digest_at: Mapped[Moment | None]

    @property
    def job_key(self) -> str:
        """The key of the job that hands it over, when it is mailed by itself."""
        return f"mail:{self.key}"


def text(*parts: str, greeting: str = GREETING) -> str:
    """The text of a message from its paragraphs; the closing and the link are added when it is mailed."""
    return "\n\n".join([greeting, *(part for part in parts if part)])


def post(
    actor: Actor,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    user_id: int | None = None,
    *,
    kind: MailKind,
    chain: str,
    thing: str,
) -> None:
    """Write a message in the running transaction; as mail it leaves after the commit. The same key twice is one.

    key: says what the mail is about, e.g. `receipt:12:1`. subject: one line. body: plain Dutch text, see `text`.
    kind, chain and thing: see `Mail`; the receiver's choice for this kind says whether and when it is mailed.
    """
    if db.session.scalar(select(Mail.id).where(Mail.key == key)) is not None:
        return
    delivery = delivery_to(user_id, kind)
    mail = Mail(
        key=key,
        user_id=user_id,
        recipient=recipient,
        subject=" ".join(subject.split()),
        body=body,
        written_at=actor.at,
        kind=kind,
        chain=chain,
        thing=thing,
        delivery=delivery,
        digest_at=None,
    )
    if delivery in (Delivery.DAILY, Delivery.WEEKLY):
        assert user_id is not None
        mail.digest_at = _plan_digest(user_id, delivery, actor.at)
    db.session.add(mail)
    db.session.flush()
    if delivery == Delivery.AT_ONCE:
        jobs.enqueue("mail", mail.job_key, {"mail_id": mail.id})


def _plan_digest(user_id: int, delivery: Delivery, after: dt.datetime) -> dt.datetime:
    """The moment of the overview in which a message of now goes out, with a job for it.

    The job is held until the message is committed: an overview that is being made waits for it, and one that was
    made already is passed over for the next.
    """
    moment = after
    while True:
        moment = next_digest(moment, delivery)
        key = f"digest:{delivery}:{user_id}:{moment.isoformat()}"
        payload = {"user_id": user_id, "delivery": delivery.value, "digest_at": moment.isoformat()}
        held = select(jobs.Job).where(jobs.Job.key == key).with_for_update()
        job = db.session.scalar(held.execution_options(populate_existing=True))
        if job is None:
            try:
                with db.session.begin_nested():
                    jobs.enqueue("digest", key, payload, at=moment)
                return moment
            except IntegrityError:
                # Somebody else planned it at the same moment, and has committed.
                job = db.session.scalar(held.execution_options(populate_existing=True))
        if job is not None and job.is_open:
            return moment


# --- where a message leads to -----------------------------------------------------------------------------

PLACES: dict[str, tuple[str, str]] = {}
"""Of a kind of thing: the endpoint of its page and the name of the argument that takes the id, or none."""


def place(kind: str, endpoint: str, argument: str = "") -> None:
    """Say which page shows things of a kind; a slice does so beside its routes."""
    PLACES[kind] = (endpoint, argument)


def place_of(mail: Mail) -> tuple[str, dict[str, int]] | None:
    """Endpoint and arguments of the page that a message leads to; None when it leads nowhere."""
    kind, _, ident = mail.thing.partition(":")
    if kind not in PLACES:
        return None
    endpoint, argument = PLACES[kind]
    return endpoint, ({argument: int(ident)} if argument else {})


def _address(endpoint: str, values: dict[str, int]) -> str:
    # Without a request: a worker writes these.
    path = current_app.url_map.bind("").build(endpoint, values, url_scheme="").lstrip("/")
    return f"{current_app.config['POOL_BASE_URL']}/{path}"


# --- handing over -----------------------------------------------------------------------------------------


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
    message.set_content(_whole_text(mail) + "\n", cte="quoted-printable")
    return message


def _whole_text(mail: Mail) -> str:
    """The message with where to read on, who sends it, and where to choose what is mailed."""
    parts = [mail.body]
    where = place_of(mail)
    if where is not None:
        parts.append(f"Ga verder in de Projectenpool:\n{_address(*where)}")
    parts.append(CLOSING)
    if mail.user_id is not None:
        settings = _address("people.mail_choices", {})
        parts.append(
            f"Dit bericht staat ook in de Projectenpool, bij Berichten. Kies wat wij u mailen:\n{settings}"
        )
    return "\n\n".join(parts)


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
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            answers = [(code, reply) for code, reply in error.recipients.values()]
            if any(code < 500 for code, _reply in answers):
                raise
            # For good (RFC 5321, 4.2.1): the address does not exist, or takes nothing from us.
            told = "; ".join(f"{code} {reply.decode(errors='replace')}" for code, reply in answers)
            raise jobs.GiveUp(told) from error


def spool_folder() -> Path:
    return Path(current_app.config["POOL_DATA_DIR"]) / "spool"


MAIL_ATTEMPTS = 16
"""With the back-off of the jobs this is eight and a half hours: a mail server may be out for a morning."""


@jobs.handler("mail", attempts=MAIL_ATTEMPTS)
def hand_over(job: jobs.Job) -> None:
    """Hand one mail over to the mail server, or to the spool directory when no server is configured."""
    mail = db.session.get_one(Mail, job.payload["mail_id"])
    message = compose(mail)
    name = f"{mail.id:08d}-{sha256_hex(mail.key.encode())[:16]}.eml"
    url = current_app.config["POOL_SMTP_URL"]
    # No transaction stays open while the outside world answers.
    end_reading()
    if url:
        _to_smtp(url, message)
    else:
        _to_spool(spool_folder(), name, bytes(message))
