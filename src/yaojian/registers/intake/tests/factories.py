"""Tables, and imports that are taken as far as a test wants them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.exports.facade import Sheet, workbook_file
from yaojian.registers.enterprises.facade import unified_code
from yaojian.registers.intake.actions import confirm_import, receive_table
from yaojian.registers.intake.jobs import work_on
from yaojian.registers.intake.models import Import

HEAD = ("统一社会信用代码", "企业名称", "主体类型", "监管机关", "行政区划", "成立日期", "经营地址")


def code(number: int) -> str:
    """The valid unified code of the n-th company of the tests."""
    return unified_code("91", "652325", f"{number:08d}")


def row(number: int, **changes: Any) -> list[Any]:
    """A row for a pharmacy in 奇台县, by the names of HEAD."""
    values = {
        "统一社会信用代码": code(number),
        "企业名称": f"奇台县惠民大药房{number}店",
        "主体类型": "单体药店",
        "监管机关": "cj.qt",
        "行政区划": "652325",
        "成立日期": "2019-05-06",
        "经营地址": f"奇台镇人民路{number}号",
    }
    return list({**values, **changes}.values())


def workbook(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> bytes:
    """A workbook of one sheet."""
    return workbook_file([Sheet("主体", head, [12] * len(head), rows)]).read()


def csv(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    """The same as delimited text."""
    import csv as writing

    text = io.StringIO()
    writer = writing.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def received(by: Actor, content: bytes, **options: Any) -> Import:
    """An import whose file has arrived."""
    pieces = [content[start : start + 65_536] for start in range(0, len(content), 65_536)]
    options = {"target": "subjects", "effective_on": date(2026, 1, 1), "name": "主体.xlsx", **options}
    return receive_table(by=by, pieces=pieces, **options)


def worked(job: Import) -> Import:
    """The import after the worker has done what it can."""
    work_on(job.pk)
    return Import.objects.get(pk=job.pk)


def checked(by: Actor, content: bytes, **options: Any) -> Import:
    """An import that waits to be confirmed, if all goes well."""
    return worked(received(by, content, **options))


def entered(by: Actor, content: bytes, **options: Any) -> Import:
    """An import that was confirmed and done."""
    job = checked(by, content, **options)
    confirm_import(by=by, uid=job.uid)
    return worked(job)
