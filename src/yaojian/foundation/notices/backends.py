"""Ways out of the house behind one port: a file, an SMTP server, an HTTP gateway for SMS.

A back end's obligation: return when the message has been taken, else raise `DeliveryFailed`. It may be called
twice with the same `key`. It logs neither address nor text.
"""

from __future__ import annotations

import json
import smtplib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from yaojian.foundation.notices.contracts import Channel, DeliveryFailed, Message
from yaojian.foundation.timekeeping import now, today

SECONDS = 10
"""How long a server may take to answer."""


class Backend(Protocol):
    """What delivers messages of one channel."""

    @property
    def needs_address(self) -> bool:
        """Whether it sends to a phone number or mailbox."""

    def send(self, message: Message) -> None:
        """Deliver a message or raise DeliveryFailed."""


@dataclass(frozen=True, slots=True)
class FileBackend:
    """Writes each message as one line of JSON, a file per month; the default of both channels."""

    folder: Path
    needs_address: bool = False

    def send(self, message: Message) -> None:
        line = {
            "at": now().isoformat(timespec="seconds"),
            "key": message.key,
            "channel": message.channel.value,
            "to": message.username,
            "kind": message.kind,
            "title": message.title,
            "text": message.text,
            "link": message.link,
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{message.channel.value}-{today():%Y-%m}.jsonl"
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class SmtpBackend:
    """Sends e-mail through the server of a URL: smtp:// (STARTTLS unless `?tls=no`) or smtps://."""

    url: str
    sender: str
    needs_address: bool = True

    def send(self, message: Message) -> None:
        parts = urlsplit(self.url)
        encrypted = parts.scheme == "smtps"
        connection = EmailBackend(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if encrypted else 587),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_ssl=encrypted,
            use_tls=not encrypted and "tls=no" not in parts.query,
            timeout=SECONDS,
        )
        body = f"{message.text}\n\n{message.link}" if message.link else message.text
        mail = EmailMessage(
            message.title,
            body,
            self.sender,
            [message.address],
            connection=connection,
            headers={"Message-ID": f"<{message.key}@yaojian>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            # The server's words repeat the address; their class says enough.
            raise DeliveryFailed(type(error).__name__, lasting=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class GatewayBackend:
    """Posts {"id", "to", "text"} as JSON to an SMS gateway; any answer in 200…299 means taken."""

    url: str
    token: str = ""
    needs_address: bool = True

    def send(self, message: Message) -> None:
        text = f"{message.text} {message.link}".strip()
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = httpx.post(
                self.url,
                json={"id": message.key, "to": message.address, "text": text},
                headers=headers,
                timeout=SECONDS,
            )
        except httpx.HTTPError as error:
            raise DeliveryFailed(type(error).__name__) from error
        if not answer.is_success:
            # What a gateway refuses as malformed it will refuse again; a limit or a fault passes.
            refused = answer.status_code in (400, 404, 410, 422)
            raise DeliveryFailed(f"HTTP {answer.status_code}", lasting=refused)


def backend_for(channel: Channel) -> Backend:
    """The back end that the settings name for a channel."""
    if channel is Channel.EMAIL and settings.NOTICE_SMTP_URL:
        return SmtpBackend(settings.NOTICE_SMTP_URL, settings.NOTICE_MAIL_FROM)
    if channel is Channel.SMS and settings.NOTICE_SMS_URL:
        return GatewayBackend(settings.NOTICE_SMS_URL, settings.NOTICE_SMS_TOKEN)
    return FileBackend(settings.NOTICE_FOLDER)
