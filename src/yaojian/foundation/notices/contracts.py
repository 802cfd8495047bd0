"""What other rooms say to the notices room, and what it says to the back ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(StrEnum):
    """Ways out of the house. In the shell (站内) a notice is always to be read."""

    SMS = "sms"
    EMAIL = "email"


CHANNEL_NAMES: dict[Channel, Promise] = {
    Channel.SMS: pgettext_lazy("channel", "SMS"),
    Channel.EMAIL: pgettext_lazy("channel", "E-mail"),
}


class ParamKey(StrEnum):
    """All that a notice may tell. None of it can say who a person is: see `params.py`."""

    FILE_NUMBER = "file_number"
    DAY = "day"
    DAYS = "days"
    COUNT = "count"
    LEVEL = "level"
    WORK_KIND = "work_kind"
    ORGAN = "organ"
    ROLE = "role"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice: its name in lists, title and text with `%(key)s` for parameters, and how it goes out.

    `channels` are those it takes unless the reader chose otherwise. What is `statutory` cannot be switched
    off. A kind needs no permission: the page behind its link asks for that.
    """

    code: str
    name: Promise
    title: Promise
    text: Promise
    channels: frozenset[Channel] = frozenset()
    statutory: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A notice on its way out: words in the reader's language, an absolute link or none.

    `address` is a phone number or mailbox; empty for a back end that needs none. `key` is the same at each
    attempt, so that a gateway can tell a repetition.
    """

    key: str
    channel: Channel
    username: str
    kind: str
    title: str
    text: str
    link: str
    address: str = ""


class DeliveryFailed(Exception):
    """The back end did not take a message; a `lasting` reason makes another attempt pointless.

    The reason is shown to the administrator and names neither address nor reader.
    """

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


NO_ADDRESS = _("This person has entered no phone number or mailbox for this channel.")
