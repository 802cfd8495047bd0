"""One's own account: password, second factor, sessions, posting, tokens."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from yaojian.doors.administration.tests.conftest import PASSWORD, SINCE, Organs, Post, acting, client_of
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.facade import Posting, Role, User, issue_start_password, make_token
from yaojian.foundation.accounts.models import ApiToken, SecondFactor, SignInSession
from yaojian.foundation.accounts.second_factor import MAX_WRONG_CODES
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import held_at, now, today

NEW = "Liushui-gaoshan-2027"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def kinds() -> list[str]:
    skipped = ["organ.registered", "account.created", "person.posted"]
    return list(Act.objects.exclude(kind__in=skipped).order_by("pk").values_list("kind", flat=True))


def sign_in(username: str, password: str = PASSWORD, **headers: str) -> Client:
    client = Client(headers={"accept-language": "en", **headers})
    client.answer = client.post(reverse("sign_in"), {"username": username, "password": password})  # type: ignore[attr-defined]
    return client


def test_the_password_is_changed_with_the_present_one_and_ends_other_sessions(post: Post) -> None:
    user = post("wang")
    here, there = client_of(user), client_of(user)
    url = reverse("administration:own_password")
    wrong = here.post(url, {"present": "x", "new": NEW, "again": NEW})
    assert wrong.status_code == 422
    assert "The present password is wrong" in wrong.content.decode()
    assert here.post(url, {"present": PASSWORD, "new": "short", "again": "short"}).status_code == 422
    assert here.post(url, {"present": PASSWORD, "new": PASSWORD, "again": PASSWORD}).status_code == 422
    assert here.post(url, {"present": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert here.get(reverse("administration:own_account")).status_code == 200
    assert there.get(reverse("administration:own_account")).status_code == 302
    assert kinds() == ["session.refused", "account.password_changed", "session.ended"]


def test_a_start_password_is_changed_before_anything_else(post: Post) -> None:
    user, admin = post("wang"), post("root", Role.ADMINISTRATOR)
    password = issue_start_password(user, by=acting(admin))
    client = sign_in("wang", password)
    for name in ("backoffice:workbench", "administration:own_account"):
        assert client.get(reverse(name))["Location"] == reverse("administration:own_password")
    assert client.get("/api/v1/subjects").status_code == 403
    url = reverse("administration:own_password")
    assert client.post(url, {"present": password, "new": NEW, "again": NEW})["Location"] == "/"
    assert client.get(reverse("administration:own_account")).status_code == 200


@pytest.fixture
def enrolled(post: Post) -> tuple[User, str]:
    """A person with a second factor, and its secret; the codes of ten minutes ago on are fresh."""
    user = post("wang")
    client = client_of(user)
    url = reverse("administration:second_factor")
    with held_at(now() - timedelta(minutes=10)):
        page = client_of(user).get(url).content.decode()
        assert "data:image/svg+xml" in page
        secret = re.sub(r"\s", "", re.findall(r'class="code">([A-Z2-7 ]{32,})<', page)[0])
        assert client_of(user).post(url, {"code": "000000"}).status_code == 422
        code = pyotp.TOTP(secret).at(now())
        done = client_of(user).post(url, {"code": code})
    codes = re.findall(r'<li class="code">((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</li>', done.content.decode())
    assert len(codes) == 10
    assert client.get(url).status_code == 200
    user.codes = codes  # type: ignore[attr-defined]
    return user, secret


def test_the_second_factor_is_asked_for_and_a_code_is_good_once(enrolled: tuple[User, str]) -> None:
    _user, secret = enrolled
    client = sign_in("wang")
    assert client.answer["Location"] == reverse("sign_in_code")  # type: ignore[attr-defined]
    assert client.get(reverse("backoffice:workbench")).status_code == 302
    code = pyotp.TOTP(secret).at(now())
    assert client.post(reverse("sign_in_code"), {"code": code})["Location"] == "/"
    assert client.get(reverse("backoffice:workbench")).status_code == 200
    replay = sign_in("wang").post(reverse("sign_in_code"), {"code": code})
    assert replay.status_code == 422
    assert "session.refused" in kinds()


def test_one_step_of_drift_is_accepted_and_two_are_not(enrolled: tuple[User, str]) -> None:
    _user, secret = enrolled
    totp = pyotp.TOTP(secret)
    for seconds, accepted in ((-60, False), (60, False), (-30, True), (30, True)):
        answer = sign_in("wang").post(
            reverse("sign_in_code"), {"code": totp.at(now() + timedelta(seconds=seconds))}
        )
        assert (answer.status_code == 302) == accepted, seconds


def test_five_wrong_codes_lock_the_second_factor_and_not_for_ever(enrolled: tuple[User, str]) -> None:
    _user, secret = enrolled
    client = sign_in("wang")
    for _ in range(MAX_WRONG_CODES):
        assert client.post(reverse("sign_in_code"), {"code": "000000"}).status_code == 422
    code = pyotp.TOTP(secret).at(now())
    assert client.post(reverse("sign_in_code"), {"code": code}).status_code == 422
    assert "account.locked" in kinds()
    with held_at(now() + timedelta(minutes=16)):
        later = sign_in("wang")
        code = pyotp.TOTP(secret).at(now())
        assert later.post(reverse("sign_in_code"), {"code": code}).status_code == 302


def test_a_recovery_code_lets_in_once(enrolled: tuple[User, str]) -> None:
    user, _secret = enrolled
    code = user.codes[0]  # type: ignore[attr-defined]
    assert sign_in("wang").post(reverse("sign_in_code"), {"code": code.lower()}).status_code == 302
    assert sign_in("wang").post(reverse("sign_in_code"), {"code": code}).status_code == 422
    assert Act.objects.get(kind="second_factor.code_used").facts["left"] == 9


def test_the_code_must_follow_the_password_soon(enrolled: tuple[User, str]) -> None:
    _user, secret = enrolled
    client = sign_in("wang")
    with held_at(now() + timedelta(minutes=6)):
        code = pyotp.TOTP(secret).at(now())
        late = client.post(reverse("sign_in_code"), {"code": code})
        assert late["Location"] == reverse("sign_in")
    assert Client().post(reverse("sign_in_code"), {"code": "000000"})["Location"] == reverse("sign_in")


def test_the_secret_is_sealed_and_removal_needs_a_code(enrolled: tuple[User, str]) -> None:
    user, secret = enrolled
    assert secret.encode() not in bytes(SecondFactor.objects.get(user=user).sealed_secret)
    client = client_of(user)
    assert client.post(reverse("administration:remove_second_factor"), {"code": "0"}).status_code == 422
    assert client.post(reverse("administration:renew_codes"), {"code": "0"}).status_code == 422
    code = pyotp.TOTP(secret).at(now())
    assert client.post(reverse("administration:remove_second_factor"), {"code": code}).status_code == 302
    assert not SecondFactor.objects.exists()


def test_where_the_setting_demands_it_the_second_factor_comes_first(post: Post, settings: object) -> None:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    settings.SECOND_FACTOR_ROLES = frozenset({"chief"})  # type: ignore[attr-defined]
    post("chief", Role.CHIEF)
    post("inspector")
    assert sign_in("inspector").get("/").status_code == 200
    chief = sign_in("chief")
    assert chief.get("/")["Location"] == reverse("administration:second_factor")
    page = chief.get(reverse("administration:second_factor")).content.decode()
    secret = re.sub(r"\s", "", re.findall(r'class="code">([A-Z2-7 ]{32,})<', page)[0])
    chief.post(reverse("administration:second_factor"), {"code": pyotp.TOTP(secret).at(now())})
    assert chief.get("/").status_code == 200
    assert chief.post(reverse("administration:remove_second_factor"), {"code": "0"}).status_code == 422


def test_a_demand_of_any_posting_holds_whichever_is_acted_in(
    post: Post, organs: Organs, settings: object
) -> None:
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    settings.SECOND_FACTOR_ROLES = frozenset({"administrator"})  # type: ignore[attr-defined]
    user = post("wang", Role.REGISTRAR)
    client, set_up = sign_in("wang"), reverse("administration:second_factor")
    assert client.get("/").status_code == 200
    # The older posting, so that it is not the one acted in unless it is chosen.
    second = Posting.objects.create(
        user=user, organ=organs.county, role=Role.ADMINISTRATOR.value, valid_from=date(2019, 1, 1)
    )
    for browser in (client, sign_in("wang")):
        browser.post(reverse("administration:choose_posting"), {"posting": second.pk})
        assert browser.get(reverse("administration:new_person"))["Location"] == set_up
        assert browser.get("/")["Location"] == set_up


def test_sessions_end_when_idle_when_old_and_when_too_many(post: Post, settings: object) -> None:
    user = post("wang")
    start = now()
    with held_at(start):
        client = sign_in("wang")
    for minutes in (50, 100):
        with held_at(start + timedelta(minutes=minutes)):
            assert client.get("/").status_code == 200
    with held_at(start + timedelta(minutes=161)):
        assert client.get("/").status_code == 302
    assert SignInSession.objects.get(user=user).end_reason == "ran_out"
    settings.SESSIONS_PER_PERSON = 2  # type: ignore[attr-defined]
    first, second, third = (sign_in("wang") for _ in range(3))
    assert [one.get("/").status_code for one in (first, second, third)] == [302, 200, 200]


def test_ones_sessions_are_listed_coarsely_and_each_can_be_ended(post: Post) -> None:
    post("wang"), post("li")
    here = sign_in("wang", **{"user-agent": CHROME})
    there, stranger = sign_in("wang"), sign_in("li")
    page = here.get(reverse("administration:own_account")).content.decode()
    assert "Chrome · Windows" in page
    assert "127.0.0.0/24" in page
    assert "127.0.0.1<" not in page
    key = there.session.session_key
    url = reverse("administration:end_own_session", args=[SignInSession.objects.get(session_key=key).pk])
    assert stranger.post(url).status_code == 404
    assert here.post(url).status_code == 302
    assert there.get("/").status_code == 302
    another = sign_in("wang")
    here.post(reverse("administration:end_other_sessions"))
    assert (another.get("/").status_code, here.get("/").status_code) == (302, 200)


def test_a_planted_session_key_is_never_the_key_of_a_signed_in_session(post: Post) -> None:
    post("wang")
    client = Client()
    client.get(reverse("sign_in"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.post(reverse("sign_in"), {"username": "wang", "password": PASSWORD})
    assert client.session.session_key != planted
    assert "planted" not in client.session


def test_who_holds_several_postings_chooses_and_not_anothers(post: Post, organs: Organs) -> None:
    user, other = post("wang"), post("li")
    second = Posting.objects.create(
        user=user, organ=organs.county, role=Role.CHIEF.value, valid_from=date(2019, 1, 1)
    )
    client = client_of(user)
    assert organs.prefecture.name in client.get(reverse("administration:own_account")).content.decode()
    url = reverse("administration:choose_posting")
    # The switch stands in the shell of every page.
    assert f'name="posting" value="{second.pk}"' in client.get("/").content.decode()
    assert client.post(url, {"posting": other.postings.get().pk}).status_code == 404
    assert client.post(url, {"posting": "x"}).status_code == 404
    assert client.post(url, {"posting": second.pk}).status_code == 302
    assert client.get("/").wsgi_request.actor.role is Role.CHIEF  # type: ignore[attr-defined]
    second.valid_to = today() - timedelta(days=1)
    second.save()
    assert client.get("/").wsgi_request.actor.role is Role.INSPECTOR  # type: ignore[attr-defined]


def test_a_token_is_shown_once_acts_narrowed_and_dies_with_its_posting(post: Post) -> None:
    user = post("kezhang", Role.CHIEF)
    client = client_of(user)
    url = reverse("administration:tokens")
    data = {"name": "数据平台", "expires_on": today() + timedelta(days=30), "permissions": ["subject.view"]}
    text = re.findall(r"yj_\w{8}_[\w-]{43}", client.post(url, data).content.decode())[0]
    assert text not in client.get(url).content.decode()
    assert text.rpartition("_")[2] not in ApiToken.objects.get().token_hash

    def status(path: str, token: str = text) -> int:
        return Client().get(path, headers={"authorization": f"Bearer {token}"}).status_code

    assert status("/api/v1/subjects") == 200
    assert status("/api/v1/acts") == 403
    assert status("/api/v1/subjects", text[:-1] + ("A" if text[-1] != "A" else "B")) == 401
    assert status("/api/v1/subjects", "yj_x") == 401
    assert ApiToken.objects.get().last_used_at is not None
    with held_at(now() + timedelta(days=31)):
        assert status("/api/v1/subjects") == 401
    Posting.objects.update(valid_to=SINCE)
    assert status("/api/v1/subjects") == 401


def test_a_token_has_no_right_that_its_maker_lacks_and_lives_a_year_at_most(post: Post) -> None:
    client = client_of(post("kezhang", Role.CHIEF))
    url = reverse("administration:tokens")
    good = {"name": "x", "expires_on": today() + timedelta(days=365), "permissions": ["subject.view"]}
    for bad in (
        {"permissions": ["account.manage"]},
        {"permissions": ["token.manage"]},
        {"permissions": []},
        {"expires_on": today() + timedelta(days=366)},
        {"expires_on": today() - timedelta(days=1)},
    ):
        assert client.post(url, {**good, **bad}).status_code == 422, bad
    assert client.post(url, good).status_code == 200
    assert ApiToken.objects.count() == 1


def test_only_the_owner_revokes_a_token_and_a_revoked_one_opens_nothing(post: Post) -> None:
    owner, other = post("kezhang", Role.CHIEF), post("another", Role.CHIEF)
    token, text = make_token(
        by=acting(owner), name="x", permissions=[Permission.SUBJECT_VIEW], expires_on=today()
    )
    url = reverse("administration:revoke_token", args=[token.pk])
    assert client_of(other).post(url).status_code == 404
    assert client_of(owner).post(url).status_code == 302
    answer = Client().get("/api/v1/subjects", headers={"authorization": f"Bearer {text}"})
    assert answer.status_code == 401
    assert kinds() == ["token.made", "token.revoked"]


def test_a_refusal_is_an_act_with_the_pages_name_once_in_ten_minutes(post: Post) -> None:
    client = client_of(post("guest", Role.GUEST))
    start = now()
    with held_at(start):
        for _ in range(4):
            assert client.get(reverse("backoffice:journal")).status_code == 403
        assert client.get("/api/v1/acts").status_code == 403
    with held_at(start + timedelta(minutes=11)):
        client.get(reverse("backoffice:journal"))
    denials = list(Act.objects.filter(kind="access.denied").order_by("pk"))
    assert [(act.facts["route"].partition(":")[0], act.facts["permission"]) for act in denials] == [
        ("backoffice", "journal.view"),
        ("api", "journal.view"),
        ("backoffice", "journal.view"),
    ]
    assert denials[2].facts["repeats"] == 3
    assert "/journal" not in str(denials[0].facts)
