"""Documents wait for the check, keep their versions, show pictures of their pages and stay in their scope."""

from __future__ import annotations

import io
import socket
import threading
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from yaojian.foundation.accounts.facade import Actor, Level, Role, User, actor_of, post_person, register_organ
from yaojian.foundation.documents import file_kinds
from yaojian.foundation.documents.actions import add_document, store_photo
from yaojian.foundation.documents.checkers import (
    CheckerUnreachable,
    ClamdChecker,
    StructuralChecker,
    checker_in_use,
)
from yaojian.foundation.documents.checking import check_waiting
from yaojian.foundation.documents.file_kinds import FileKind
from yaojian.foundation.documents.models import Document
from yaojian.foundation.documents.pages import PagesNotDrawn, pages_of_pdf
from yaojian.foundation.documents.queries import content_of
from yaojian.foundation.documents.tests.makers import docx, lying_about_sizes, pdf, picture
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act, Ref

FILE, FOREIGN = Ref("tests.file", 1), Ref("tests.file", 2)


def _check_may_see(actor: Actor, file_id: int) -> None:
    if file_id != FILE.id:
        raise NotFound("not there")


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = FileKind("tests.file", _check_may_see, lambda actor, pk: True, lambda pk: "/")
    monkeypatch.setitem(file_kinds._kinds, "tests.file", kind)


def someone(role: Role) -> Actor:
    organ = register_organ(code="d", name="测试局", level=Level.COUNTY)
    user = post_person(
        username=role.value, display_name="甲", organ=organ, role=role, valid_from=date(2020, 1, 1)
    )
    actor = actor_of(user)
    assert actor is not None
    return actor


@pytest.fixture
def officer(db: None) -> Actor:
    return someone(Role.REGISTRAR)


def upload(content: bytes, name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_a_document_is_given_out_only_after_the_check(officer: Actor) -> None:
    document = add_document(by=officer, file=FILE, upload=upload(pdf()))
    with pytest.raises(Conflict):
        content_of(document)
    client = client_of(officer)
    assert client.get(f"/documents/{document.pk}/content/").status_code == 409
    check_waiting()
    document.refresh_from_db()
    assert (document.state, document.checker) == ("clean", "structure")
    answer = client.get(f"/documents/{document.pk}/content/")
    assert answer.content == pdf()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    act = Act.objects.get(kind="document.added")
    assert act.evidence == [document.sha256]
    assert "a.pdf" not in str(act.facts)


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/AA << /O << /S /JavaScript >> >>"),
        pdf(b"/A << /S /#4aavaScript >>"),
        pdf(b"/A << /S /Launch >>"),
        pdf().replace(b"%%EOF", b"trunc"),
        pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 9 0 R"),
        docx(**{"word/embeddings/oleObject1.bin": b"MZ\x90\x00" + bytes(40)}),
    ],
)
def test_the_check_of_structure_refuses_and_says_why(officer: Actor, content: bytes) -> None:
    name = "a.pdf" if content.startswith(b"%PDF") else "a.docx"
    document = add_document(by=officer, file=FILE, upload=upload(content, name))
    check_waiting()
    document.refresh_from_db()
    assert (document.state, bool(document.reason)) == ("refused", True)
    assert Act.objects.get(kind="document.refused").file_id == FILE.id
    assert client_of(officer).get(f"/documents/{document.pk}/content/").status_code == 409


def test_a_package_that_lies_about_its_sizes_is_not_unpacked_without_end() -> None:
    bomb = lying_about_sizes(docx(**{"word/media/big.bin": bytes(2_000_000)}))
    assert StructuralChecker().check(io.BytesIO(bomb)).clean is False


def test_what_was_kept_before_there_was_a_check_is_checked(officer: Actor) -> None:
    old = add_document(by=officer, file=FILE, upload=upload(pdf(b"/A << /S /Launch >>")))
    Document.objects.filter(pk=old.pk).update(state="clean", checker="", checked_at=None)
    decoded = store_photo(by=officer, file=FILE, upload=upload(picture(), "a.jpg"), part="")
    migration = import_module("yaojian.foundation.documents.migrations.0003_check_what_was_there")
    migration.wait_for_the_check(apps, connection.schema_editor())
    check_waiting()
    old.refresh_from_db()
    assert (old.state, decoded.state) == ("refused", "clean")
    assert Document.objects.get(pk=decoded.pk).checked_at == decoded.checked_at


def test_versions_stay(officer: Actor) -> None:
    first = add_document(by=officer, file=FILE, upload=upload(pdf()))
    second = add_document(by=officer, file=FILE, upload=upload(pdf(pages=2)), replaces=first.pk)
    third = add_document(by=officer, file=FILE, upload=upload(pdf(pages=3)), replaces=first.pk)
    assert [d.version for d in (first, second, third)] == [1, 2, 3]
    assert {d.series for d in (first, second, third)} == {first.series}
    assert Act.objects.filter(kind="document.version_added").count() == 2
    with pytest.raises(Conflict):
        add_document(by=officer, file=FILE, upload=upload(pdf()), replaces=third.pk)
    with pytest.raises(InvalidInput):
        add_document(by=officer, file=FILE, upload=upload(pdf(pages=4)), replaces=987654)
    check_waiting()
    page = client_of(officer).get(f"/documents/{third.pk}/").content.decode()
    assert page.count('class="document-name"') == 3


def test_previews_are_drawn_apart_and_within_limits(officer: Actor) -> None:
    document = add_document(by=officer, file=FILE, upload=upload(pdf(pages=7)))
    photo = add_document(by=officer, file=FILE, upload=upload(picture(size=(3000, 100)), "a.jpg"))
    check_waiting()
    assert (document.previews.count(), photo.previews.count()) == (5, 1)
    answer = client_of(officer).get(f"/documents/{document.pk}/pages/1/")
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, max(drawn.size) <= 1280) == ("JPEG", True)
    assert client_of(officer).get(f"/documents/{document.pk}/pages/6/").status_code == 404


def test_a_broken_pdf_has_no_preview_and_breaks_nothing() -> None:
    with pytest.raises(PagesNotDrawn):
        pages_of_pdf(b"%PDF-1.4\nnothing of it is true\n%%EOF")


def test_foreign_files_and_documents_do_not_exist(officer: Actor) -> None:
    document = add_document(by=officer, file=FILE, upload=upload(pdf()))
    check_waiting()
    Document.objects.filter(pk=document.pk).update(file_id=FOREIGN.id)
    client = client_of(officer)
    foreign = [
        f"/documents/{document.pk}/",
        f"/documents/{document.pk}/content/",
        f"/documents/{document.pk}/pages/1/",
    ]
    for address in foreign:
        absent = client.get(address.replace(str(document.pk), "987654321"))
        found = client.get(address)
        assert (found.status_code, absent.status_code) == (404, 404)
    for file in (FOREIGN, Ref("nothing.here", 1)):
        with pytest.raises(NotFound):
            add_document(by=officer, file=file, upload=upload(pdf()))
    with pytest.raises(NotAllowed):
        add_document(by=someone(Role.LEADER), file=FILE, upload=upload(pdf()))


def test_many_at_once_keep_the_good_and_name_the_bad(officer: Actor) -> None:
    files = [upload(pdf(), "..\\..\\good.pdf"), upload(b"", "empty.pdf"), upload(picture(), "lies.pdf")]
    answer = client_of(officer).post("/documents/tests.file/1/add/", {"files": files}, follow=True)
    text = answer.content.decode()
    assert Document.objects.values_list("original_name", flat=True).get() == "good.pdf"
    assert "empty.pdf" in text
    assert "lies.pdf" in text
    nothing = client_of(officer).post("/documents/tests.file/1/add/", follow=True)
    assert nothing.status_code == 200
    assert Document.objects.count() == 1


class Clamd(threading.Thread):
    """A scanner that answers as clamd does."""

    def __init__(self, path: Path, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(path))
        self.server.listen()
        self.answer, self.received = answer, b""

    def run(self) -> None:
        connection, _address = self.server.accept()
        self.server.close()  # whoever comes next finds nobody
        with connection:
            stream = connection.makefile("rb")
            assert stream.read(10) == b"zINSTREAM\0"
            while length := int.from_bytes(stream.read(4), "big"):
                self.received += stream.read(length)
            connection.sendall(self.answer)


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    return tmp_path / "clamd.ctl"


@pytest.mark.parametrize(
    ("answer", "clean"), [(b"stream: OK\0", True), (b"stream: Eicar-Test-Signature FOUND\0", False)]
)
def test_clamd_is_asked_over_its_socket(socket_path: Path, answer: bytes, clean: bool) -> None:
    scanner = Clamd(socket_path, answer)
    scanner.start()
    content = b"x" * 200_000
    verdict = ClamdChecker(str(socket_path)).check(io.BytesIO(content))
    scanner.join(5)
    assert (verdict.clean, scanner.received) == (clean, content)
    assert clean or "Eicar" in verdict.reason


def test_an_unreachable_scanner_leaves_documents_waiting(
    officer: Actor, settings: Any, socket_path: Path
) -> None:
    settings.CLAMD = str(socket_path)
    document = add_document(by=officer, file=FILE, upload=upload(pdf()))
    photo = store_photo(by=officer, file=FILE, upload=upload(picture(), "a.jpg"), part="7")
    assert photo.state == "waiting"
    assert check_waiting() is False
    assert check_waiting() is False
    document.refresh_from_db()
    photo.refresh_from_db()
    assert (document.state, document.attempts + photo.attempts) == ("waiting", 2)
    with pytest.raises(CheckerUnreachable):
        checker_in_use().check(io.BytesIO(b"x"))
    scanner = Clamd(socket_path, b"stream: OK\0")
    scanner.start()
    check_waiting()
    assert set(Document.objects.values_list("state", flat=True)) == {"clean", "waiting"}


def test_photos_of_inspections_stay_usable_at_once(officer: Actor) -> None:
    photo = store_photo(by=officer, file=FILE, upload=upload(picture(), "a.jpg"), part="7")
    assert content_of(photo) == picture()
