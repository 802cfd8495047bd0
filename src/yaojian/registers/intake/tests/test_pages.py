"""The pages of an import, as an officer without JavaScript meets them."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, User
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.enterprises.tests.factories import Region, officer
from yaojian.registers.intake.jobs import work_on
from yaojian.registers.intake.models import Import, RememberedMapping
from yaojian.registers.intake.tests.factories import HEAD, code, csv, row, workbook

NEW = "/imports/new/"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def upload(client: Client, content: bytes, name: str = "主体.xlsx", **fields: Any) -> Any:
    data = {"target": "subjects", "effective_on": "2026-01-01", **fields}
    return client.post(NEW, {**data, "file": SimpleUploadedFile(name, content)})


def step(client: Client, job: Import, name: str, **data: Any) -> str:
    """Take a step on the page, let the worker follow, and read the page again."""
    assert client.post(reverse(f"intake:{name}", args=[job.uid]), data).status_code == 302
    work_on(job.pk)
    return client.get(reverse("intake:import", args=[job.uid])).content.decode()


def test_from_the_file_to_the_register_and_back(registrar: Actor) -> None:
    client = client_of(registrar)
    answer = upload(client, workbook([row(1), row(2, 企业名称=""), row(3)]))
    job = Import.objects.get()
    assert answer["Location"] == f"/imports/{job.uid}/"
    waiting = client.get(answer["Location"]).content.decode()
    assert "等待后台处理" in waiting
    assert 'http-equiv="refresh"' in waiting
    work_on(job.pk)
    preview = client.get(answer["Location"]).content.decode()
    assert "将写入 2 行" in preview
    assert "未填写。" in preview
    assert code(3) in preview
    done = step(client, job, "confirm")
    assert "已写入" in done
    assert Subject.objects.count() == 2
    undone = step(client, job, "undo")
    assert "已撤销" in undone
    assert not Subject.objects.exists()
    history = client.get("/imports/").content.decode()
    assert "主体.xlsx" in history


def test_the_sheet_of_errors_can_be_mended_and_imported_again(registrar: Actor) -> None:
    client = client_of(registrar)
    upload(client, workbook([row(1), row(2, 企业名称="", 成立日期="不详"), row(3)]))
    job = Import.objects.get()
    work_on(job.pk)
    step(client, job, "confirm")
    answer = client.get(reverse("intake:errors", args=[job.uid]))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert head == [*HEAD, "原文件行号", "字段", "错误说明", "更正办法"]
    assert len(rows) == 1
    assert rows[0][len(HEAD)] == 3
    assert rows[0][len(HEAD) + 1] == "名称、开业日期"
    rows[0][1], rows[0][5] = "奇台县惠民大药房2店", "2019-05-06"
    upload(client, workbook(rows, head))
    mended = Import.objects.latest("pk")
    work_on(mended.pk)
    step(client, mended, "confirm")
    assert Subject.objects.count() == 3


def test_columns_are_chosen_on_the_page_and_remembered(registrar: Actor) -> None:
    client = client_of(registrar)
    upload(client, csv([[code(1), "某药店", "单体药店", "652325", "2019-05-06"]], list("甲乙丙丁戊")))
    job = Import.objects.get()
    work_on(job.pk)
    address = reverse("intake:mapping", args=[job.uid])
    assert address in client.get(reverse("intake:import", args=[job.uid])).content.decode()
    assert "A · 甲" in client.get(address).content.decode()
    columns = {"code": 0, "name": 1, "subject_type": 2, "division_code": 3, "opened_on": 4}
    data = {f"column-{name}": str(column) for name, column in columns.items()}
    refused = client.post(address, {**data, "effective_on": "2026-01-01"})
    assert refused.status_code == 422
    assert "请选择对应的列" in refused.content.decode()
    step(client, job, "mapping", **data, **{"value-responsible_organ": "cj.qt", "effective_on": "2026-01-01"})
    assert Import.objects.get().state == "checked"
    assert RememberedMapping.objects.get().constants == {"responsible_organ": "cj.qt"}


def test_a_file_that_is_no_table_comes_back_with_the_form_as_it_was(registrar: Actor) -> None:
    answer = upload(client_of(registrar), b"%PDF-1.7", effective_on="2026-02-03")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "从内容看，该文件不是表格" in page
    assert "2026-02-03" in page
    assert not Import.objects.exists()


def test_a_file_found_wanting_by_the_worker_is_refused_with_the_reason(registrar: Actor) -> None:
    client = client_of(registrar)
    upload(client, csv([]))
    job = Import.objects.get()
    work_on(job.pk)
    page = client.get(reverse("intake:import", args=[job.uid])).content.decode()
    assert "表格只有表头，没有数据行。" in page


def test_cancel_and_templates(registrar: Actor) -> None:
    client = client_of(registrar)
    upload(client, workbook([row(1)]))
    assert client.get(reverse("intake:errors", args=[Import.objects.get().uid])).status_code == 404
    assert "导入已取消" in step(client, Import.objects.get(), "cancel")
    for target in ("subjects", "licences", "products", "pharmacists", "inspectors", "experts"):
        answer = client.get(f"/imports/template/{target}.xlsx")
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        assert len(sheets.sheet_names) == 2
        required = [one for one in sheets.get_sheet_by_index(1).to_python() if one[1] == "是"]
        assert required
    assert client.get("/imports/template/nothing.xlsx").status_code == 404


def test_others_do_not_find_it(region: Region, registrar: Actor, county_registrar: Actor) -> None:
    upload(client_of(registrar), workbook([row(1)]))
    job = Import.objects.get()
    stranger = client_of(county_registrar)
    for name in ("import", "mapping", "errors"):
        answer = stranger.get(reverse(f"intake:{name}", args=[job.uid]))
        missing = stranger.get(reverse(f"intake:{name}", args=[uuid4()]))
        assert answer.status_code == missing.status_code == 404
    for name in ("confirm", "cancel", "retry", "undo"):
        assert stranger.post(reverse(f"intake:{name}", args=[job.uid])).status_code == 404
    assert client_of(officer(region.qitai, "qian")).get("/imports/").status_code == 403
