"""A digest of what went wrong and what is well again, to e-mail, Slack or a webhook.

Off until a channel is set up. At most one digest a night and channel, and none when nothing changed: each channel has a
memory (``alerts.json`` in the edition's folder) of what it was last told, so that one that could not be reached is told
the next time of what it missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import duckdb
from filelock import FileLock

from orchestration.settings import Settings
from sources import clock
from sources.home import Home

_MOST_LISTED = 20
_PATIENCE = 20
"""Seconds that a channel has to answer."""


@dataclass(frozen=True)
class Incident:
    """One incident as ``meta.incident`` has it."""

    incident_id: str
    source_id: str
    kind: str
    opened_on: str
    in_words: str
    what_to_do: str


@dataclass(frozen=True)
class Digest:
    """What one channel is told: what differs from what it was last told."""

    edition: str
    day: str
    is_synthetic: bool = False
    failures: Sequence[str] = ()
    works_again: bool = False
    opened: Sequence[Incident] = ()
    closed: Sequence[str] = ()
    still_open: int = 0
    is_test: bool = False

    @property
    def is_news(self) -> bool:
        """Whether there is anything to tell. A refresh that fails is told of each night that it does."""
        return bool(self.failures or self.works_again or self.opened or self.closed or self.is_test)

    @property
    def subject(self) -> str:
        """All of it in a line."""
        said = ["a test"] if self.is_test else []
        said += ["the refresh FAILED"] if self.failures else []
        said += ["the refresh works again"] if self.works_again else []
        said += [f"{_counted(len(self.opened))} opened"] if self.opened else []
        said += [f"{_counted(len(self.closed))} closed"] if self.closed else []
        said += [f"{self.still_open} still open"] if self.still_open else []
        return f"Rebalance ({self.edition}): " + (", ".join(said) or "nothing is new")

    @property
    def text(self) -> str:
        """The digest as a person reads it."""
        lines = [self.subject, f"The day of {self.day}, edition {self.edition}."]
        if self.is_synthetic:
            lines.append("The bundled edition: every figure in it is made up.")
        if self.failures:
            lines += ["", "The refresh failed. What was published before stands."]
            lines += [f"- {failure[:500]}" for failure in self.failures[:_MOST_LISTED]]
        if self.works_again:
            lines += ["", "The refresh, which failed when you were last told, works again."]
        if self.opened:
            lines += ["", "Opened:", *_listed([f"{i.in_words}\n  What to do: {i.what_to_do}." for i in self.opened])]
        if self.closed:
            lines += ["", "Closed:", *_listed(self.closed)]
        lines += ["", f"Still open besides: {self.still_open}. `rebalance stale` says how every source stands."]
        return "\n".join(lines)

    @property
    def as_json(self) -> dict[str, Any]:
        """The digest as a program reads it."""
        return asdict(self) | {"subject": self.subject, "text": self.text}


def _counted(number: int) -> str:
    return "1 incident" if number == 1 else f"{number} incidents"


def _listed(sentences: Sequence[str]) -> list[str]:
    more = len(sentences) - _MOST_LISTED
    return [f"- {sentence}" for sentence in sentences[:_MOST_LISTED]] + ([f"- … and {more} more"] if more > 0 else [])


class Channel(Protocol):
    """A way to tell somebody; ``send`` raises whatever went wrong."""

    @property
    def name(self) -> str:
        """What it is called in the memory and in words."""
        ...

    def send(self, digest: Digest) -> None:
        """Tell it."""
        ...


@dataclass(frozen=True)
class Email:
    """An e-mail by SMTP, the connection encrypted unless the settings say that the relay has no encryption."""

    host: str
    port: int
    security: str
    user: str | None
    password: str | None
    sender: str
    recipients: Sequence[str]
    name: str = "e-mail"

    def send(self, digest: Digest) -> None:
        """Send one message to all recipients."""
        import smtplib
        import ssl
        from email.message import EmailMessage

        message = EmailMessage()
        message["Subject"], message["From"] = digest.subject, self.sender
        message["To"] = ", ".join(self.recipients)
        # So that mail programs neither answer it nor file it with what people write.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(digest.text)
        context = ssl.create_default_context()
        if self.security == "tls":
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)
        with server:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password or "")
            server.send_message(message)


@dataclass(frozen=True)
class Hook:
    """A POST of JSON to an address: Slack's incoming webhook, which takes a text, or one of your own."""

    name: str
    url: str

    def send(self, digest: Digest) -> None:
        """Post it once; raises where the answer is no success."""
        import httpx

        body = {"text": _slack(digest.text)} if self.name == "Slack" else digest.as_json
        answer = httpx.post(self.url, json=body, timeout=_PATIENCE)
        if not answer.is_success:
            # Not httpx's own words, which have the whole address in them: it is a secret.
            raise ConnectionError(f"it answered with status {answer.status_code}")


def _slack(text: str) -> str:
    """A text as Slack takes it: three characters mean something to it, and it cuts what is too long."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:30_000]


def channels(settings: Settings) -> list[Channel]:
    """The channels that the settings switch on; none by default."""
    found: list[Channel] = []
    if settings.alert_smtp_host:
        password = settings.alert_smtp_password
        found.append(
            Email(
                settings.alert_smtp_host,
                settings.alert_smtp_port,
                settings.alert_smtp_security,
                settings.alert_smtp_user,
                password.get_secret_value() if password else None,
                settings.alert_email_from or "",
                [address.strip() for address in (settings.alert_email_to or "").split(",") if address.strip()],
            )
        )
    for name, url in (("Slack", settings.alert_slack_url), ("webhook", settings.alert_webhook_url)):
        if url:
            found.append(Hook(name, url.get_secret_value()))
    return found


def _incidents(home: Home) -> tuple[dict[str, Incident], dict[str, str]]:
    """The open incidents of the published file, and the words of the closed ones, by their ids."""
    if not home.published_file.exists():
        return {}, {}
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        if not connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'incident'"
        ).fetchone():
            return {}, {}
        rows = connection.execute(
            "select incident_id, source_id, kind, cast(opened_on as varchar), in_words, what_to_do, is_open"
            " from meta.incident order by opened_on, source_id, incident_id"
        ).fetchall()
    return {row[0]: Incident(*row[:6]) for row in rows if row[6]}, {row[0]: row[4] for row in rows if not row[6]}


def _digest(home: Home, memory: Mapping[str, Any], failures: Sequence[str]) -> tuple[Digest, dict[str, str]]:
    """What a channel with this memory is to be told, and what it then knows to be open."""
    now_open, now_closed = _incidents(home)
    known: dict[str, str] = memory.get("open", {})
    gone = [incident_id for incident_id in known if incident_id not in now_open]
    digest = Digest(
        home.edition,
        home.day.isoformat(),
        home.is_synthetic,
        tuple(failures),
        bool(memory.get("failed")) and not failures,
        tuple(incident for incident_id, incident in now_open.items() if incident_id not in known),
        # What is no longer in the table either, because the contract says otherwise now, is told in its last words.
        tuple(now_closed.get(incident_id) or f"{known[incident_id]} It is none any more." for incident_id in gone),
        sum(incident_id in known for incident_id in now_open),
    )
    return digest, {incident_id: incident.in_words for incident_id, incident in now_open.items()}


@contextmanager
def _memory(home: Home) -> Iterator[dict[str, Any]]:
    """What each channel was last told, written back at the end."""
    path = home.make().base / "alerts.json"
    with FileLock(home.base / "alerts.lock"):
        try:
            memory: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            memory = {}
        before = json.dumps(memory)
        yield memory
        if json.dumps(memory) != before:
            temporary = path.with_name(".alerts.json")
            temporary.write_text(json.dumps(memory, indent=2), encoding="utf-8")
            temporary.replace(path)


def _reason(error: Exception, settings: Settings) -> str:
    """What went wrong, without any of the secrets."""
    words = str(error)
    for secret in (settings.alert_smtp_password, settings.alert_slack_url, settings.alert_webhook_url):
        if secret:
            words = words.replace(secret.get_secret_value(), "…")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


@dataclass(frozen=True)
class Told:
    """What came of telling one channel: nothing where there was nothing to tell, or it had been told tonight."""

    channel: str
    digest: Digest
    is_sent: bool = False
    problem: str | None = None


def tell(settings: Settings, failures: Sequence[str] = ()) -> list[Told]:
    """Tell every channel what it does not know yet, once a night; never raises for what a channel did.

    ``failures`` are the reasons why a refresh failed, none where it did not.
    """
    found, home = channels(settings), settings.state
    if not found:
        return []
    told: list[Told] = []
    # The night's own date, in the bundled edition too: its day stands still.
    today = clock.now().date().isoformat()
    with _memory(home) as memory:
        for channel in found:
            known, digest = memory.get(channel.name, {}), Digest(home.edition, home.day.isoformat())
            try:
                digest, now_open = _digest(home, known, failures)
                is_sent = digest.is_news and known.get("told_on") != today
                if is_sent:
                    channel.send(digest)
                    memory[channel.name] = {"told_on": today, "open": now_open, "failed": bool(failures)}
            except Exception as error:  # whatever a channel does, the figures are published
                told.append(Told(channel.name, digest, problem=_reason(error, settings)))
            else:
                told.append(Told(channel.name, digest, is_sent))
    return told


def preview(settings: Settings) -> list[Told]:
    """What every channel would be told now; nothing is sent and nothing remembered."""
    home = settings.state
    with _memory(home) as memory:
        return [
            Told(channel.name, _digest(home, memory.get(channel.name, {}), ())[0]) for channel in channels(settings)
        ]


def send_test(settings: Settings) -> list[Told]:
    """Send every channel a digest that says it is a test, of what is open now; nothing is remembered of it."""
    digest, _ = _digest(settings.state, {}, ())
    digest = replace(digest, is_test=True)
    told: list[Told] = []
    for channel in channels(settings):
        try:
            channel.send(digest)
            told.append(Told(channel.name, digest, is_sent=True))
        except Exception as error:  # as in ``tell``
            told.append(Told(channel.name, digest, problem=_reason(error, settings)))
    return told
