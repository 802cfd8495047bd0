"""Telling people: once, in the transaction, without personal data; reading and choosing ways."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from hypothesis import given
from hypothesis import strategies as st

from yaojian.foundation.accounts.models import User
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.notices import actions
from yaojian.foundation.notices.facade import (
    Channel,
    Dispatch,
    Notice,
    NoticeKind,
    ParamKey,
    channels_chosen,
    choose_channels,
    mark_all_read,
    mark_read,
    notices_of,
    notify,
    register_notice_kind,
    unread_count,
    words_of,
)
from yaojian.foundation.notices.params import check_link, check_params
from yaojian.foundation.notices.tests.conftest import People

PARAMS = {"count": "3", "work_kind": "inspection.due", "day": "2026-11-27"}

PERSONAL = (
    "王强",
    "阿依古丽·买买提",
    "Wang Qiang",
    "wangqiang",
    "13899123456",
    "+86 138 9912 3456",
    "１３８９９１２３４５６",
    "652301199001011234",
    "65230119900101123X",
    "wang@example.org",
    "0994-2345678",
    "138991",
)
"""Names, phones, identity numbers, mailboxes: as people write them."""


def tell(people: People, **changed: object) -> list[Notice]:
    what = {"to": [people.wang.user_id], "kind": "tests.plain", "link": "/work/7/", "params": PARAMS}
    with transaction.atomic():
        return notify(**{**what, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("key", list(ParamKey))
@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.django_db
def test_no_name_phone_or_identity_number_gets_in(key: ParamKey, value: str) -> None:
    if key is ParamKey.COUNT and value == "138991":
        return  # six digits are a count; they are nobody's number
    with pytest.raises(InvalidInput):
        check_params({key.value: value}, frozenset({key.value}))


@given(st.text(alphabet=st.characters(whitelist_categories=("Lo", "Ll", "Lu", "Zs")), min_size=1))
def test_no_words_get_into_numbers_and_days(words: str) -> None:
    for key in ("file_number", "day", "days", "count", "level"):
        with pytest.raises(InvalidInput):
            check_params({key: words}, frozenset({key}))


@given(st.integers(min_value=10**8).map(str))
def test_no_number_as_long_as_a_phone_gets_in(digits: str) -> None:
    for key in ("file_number", "day", "days", "count", "level"):
        with pytest.raises(InvalidInput):
            check_params({key: digits}, frozenset({key}))
    with pytest.raises(InvalidInput):
        check_link(f"/subjects/?q={digits}")


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/",
        "//example.org/",
        "work/7/",
        "/subjects/?q=王强",
        "/subjects/?q=%E7%8E%8B",
        "/a b",
    ],
)
def test_links_lead_to_our_pages_by_keys(link: str) -> None:
    with pytest.raises(InvalidInput):
        check_link(link)


@pytest.mark.django_db
def test_what_may_stand_in_a_notice(people: People) -> None:
    good = {
        "file_number": "昌吉州市监检〔2026〕42号",
        "day": "2026-11-27",
        "days": "3",
        "count": "1200",
        "level": "2",
        "work_kind": "inspection.due",
        "organ": "cj",
        "role": "chief",
    }
    check_params(good, frozenset(good))


def test_other_keys_and_missing_ones_are_refused(people: People) -> None:
    for params in ({**PARAMS, "name": "王强"}, {"count": "3"}, {}):
        with pytest.raises(InvalidInput):
            tell(people, params=params)
    with pytest.raises(ValueError, match="may not stand"):
        register_notice_kind(NoticeKind("tests.bad", _("n"), _("t"), _("call %(phone)s")))
    assert not Notice.objects.exists()


def test_a_notice_reads_in_the_readers_words(people: People) -> None:
    (notice,) = tell(people)
    assert words_of([notice])[notice.pk].text == "3 of 检查 by 2026-11-27"
    assert "王强" not in str(notice.params) + notice.link


def test_only_inside_a_transaction_and_only_to_those_who_may_sign_in(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=people.li.user_id).update(is_active=False)
    told = tell(people, to=[people.wang.user_id, people.li.user_id, people.wang.user_id, 10**9])
    assert [notice.recipient_id for notice in told] == [people.wang.user_id]
    outside = SimpleNamespace(in_atomic_block=False)
    monkeypatch.setattr(actions, "transaction", SimpleNamespace(get_connection=lambda: outside))
    with pytest.raises(RuntimeError, match="inside the transaction"):
        notify(to=[people.wang.user_id], kind="tests.plain", link="/", params=PARAMS)


def test_the_same_thing_is_told_once(people: People) -> None:
    assert len(tell(people, dedup="item 7 due")) == 1
    both = [people.wang.user_id, people.li.user_id]
    assert [n.recipient_id for n in tell(people, to=both, dedup="item 7 due")] == [people.li.user_id]
    assert len(tell(people)) == 1


def test_reading_is_each_persons_own(people: People) -> None:
    (notice,) = tell(people)
    tell(people)
    assert (unread_count(people.wang), unread_count(people.li)) == (2, 0)
    with pytest.raises(NotFound):
        mark_read(by=people.li, notice_id=notice.pk)
    assert mark_read(by=people.wang, notice_id=notice.pk).link == "/work/7/"
    assert list(notices_of(people.wang, unread=True)) != list(notices_of(people.wang))
    assert mark_all_read(by=people.wang, kind="tests.alarm") == 0
    assert mark_all_read(by=people.wang) == 1
    assert unread_count(people.wang) == 0


def test_who_chooses_a_way_is_told_by_it(people: People) -> None:
    tell(people)
    assert not Dispatch.objects.exists()
    choose_channels(by=people.wang, wanted={"tests.plain": [Channel.EMAIL]})
    assert channels_chosen(people.wang)["tests.plain"] == {Channel.EMAIL}
    tell(people, to=[people.wang.user_id, people.li.user_id])
    assert [(d.channel, d.notice.recipient_id) for d in Dispatch.objects.all()] == [
        ("email", people.wang.user_id)
    ]
    choose_channels(by=people.wang, wanted={"tests.plain": []})
    tell(people)
    assert Dispatch.objects.count() == 1


def test_statutory_alarms_cannot_be_switched_off(people: People) -> None:
    with pytest.raises(InvalidInput) as refusal:
        choose_channels(by=people.wang, wanted={"tests.plain": [Channel.SMS], "tests.alarm": []})
    assert refusal.value.field == "tests.alarm"
    assert channels_chosen(people.wang) == {"tests.plain": frozenset(), "tests.alarm": {Channel.SMS}}
    tell(people, kind="tests.alarm", params={"days": "3"})
    assert Dispatch.objects.get().channel == "sms"
    with pytest.raises(InvalidInput):
        choose_channels(by=people.wang, wanted={"tests.unknown": []})
