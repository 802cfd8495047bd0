"""The door of the notices room."""

from yaojian.foundation.notices.actions import (
    choose_channels,
    mark_all_read,
    mark_read,
    notify,
    send_again,
    wake_with,
)
from yaojian.foundation.notices.contacts import contact_of, set_contact
from yaojian.foundation.notices.contracts import CHANNEL_NAMES, Channel, NoticeKind, ParamKey
from yaojian.foundation.notices.delivery import deliver_due
from yaojian.foundation.notices.kinds import notice_kind, notice_kinds, register_notice_kind
from yaojian.foundation.notices.models import Dispatch, Notice
from yaojian.foundation.notices.params import register_names
from yaojian.foundation.notices.queries import (
    Words,
    channels_chosen,
    messages_in,
    notices_of,
    unread_count,
    words_of,
)
from yaojian.foundation.notices.states import DispatchState

__all__ = [
    "CHANNEL_NAMES",
    "Channel",
    "Dispatch",
    "DispatchState",
    "Notice",
    "NoticeKind",
    "ParamKey",
    "Words",
    "channels_chosen",
    "choose_channels",
    "contact_of",
    "deliver_due",
    "mark_all_read",
    "mark_read",
    "messages_in",
    "notice_kind",
    "notice_kinds",
    "notices_of",
    "notify",
    "register_names",
    "register_notice_kind",
    "send_again",
    "set_contact",
    "unread_count",
    "wake_with",
    "words_of",
]
