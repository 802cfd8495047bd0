"""The codes on products: approval numbers of every generation, GS1, MA and AHM identifiers, 本位码. Pure.

Where a check character is public and known it is verified (GS1, modulo 10). Where it is not (trace codes of
药品追溯码, MA, AHM, 本位码) only the form is verified and nothing is invented. Confidence beside each form:
H the text was read, M from the papers themselves or from memory.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵"
LONGEST = 60
_SPACES = re.compile(r"[\s\x00\u200b\u200c\u200d\ufeff\u00ad]+")
_PROVINCE_CODES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]"
_P = f"[{PROVINCES}]"


class CodeError(ValueError):
    """A code is not what it claims to be; `reason` is a stable word for the message that a page gives."""

    def __init__(self, reason: str, found: str = "") -> None:
        super().__init__(reason)
        self.reason, self.found = reason, found


class Approval(StrEnum):
    """What an approval, registration or filing number is a number of."""

    DRUG = "drug"
    DRUG_IMPORTED = "drug_imported"
    DRUG_HISTORICAL = "drug_historical"
    PREPARATION = "preparation"
    DEVICE = "device"
    DEVICE_HISTORICAL = "device_historical"
    DEVICE_FILING = "device_filing"
    COSMETIC_SPECIAL = "cosmetic_special"
    COSMETIC_FILING = "cosmetic_filing"
    COSMETIC_HISTORICAL = "cosmetic_historical"


@dataclass(frozen=True, slots=True)
class ApprovalForm:
    """One generation of approval numbers: a pattern over the plain form, and an example of it."""

    approval: Approval
    product_kind: str
    pattern: re.Pattern[str]
    example: str
    is_filing: bool = False


def _form(
    approval: Approval, kind: str, pattern: str, example: str, *, is_filing: bool = False
) -> ApprovalForm:
    return ApprovalForm(approval, kind, re.compile(pattern), example, is_filing)


_A = Approval
FORMS: tuple[ApprovalForm, ...] = (
    # H chemical, Z Chinese, S biological, J imported and repacked here; eight digits, of which the first four
    # are the year of approval (19.., 20..), or the first two the province that had approved it or 10 for
    # the ministry (numbers renewed in 2002). H
    _form(
        _A.DRUG,
        "drug",
        rf"国药准字[HZSJ](?P<year>(19[89]|20\d)\d)\d{{4}}|国药准字[HZSJ](10|{_PROVINCE_CODES})\d{{6}}",
        "国药准字H20210001",
    ),
    # From 2020: HJ, ZJ, SJ produced abroad; HC, ZC, SC from Hong Kong, Macao and Taiwan. H
    _form(_A.DRUG_IMPORTED, "drug", r"国药准字[HZS][JC](?P<year>20\d{2})\d{4}", "国药准字HJ20210001"),
    # Import registration certificates before that, and those of Hong Kong, Macao and Taiwan. H
    _form(
        _A.DRUG_IMPORTED,
        "drug",
        r"(进口药品注册证号|医药产品注册证号|注册证号)?[HZS]C?(?P<year>(19|20)\d{2})\d{4}",
        "注册证号H20140001",
    ),
    # B: drugs of health care, T: diagnostics in vitro, F: excipients; no longer given. M
    _form(_A.DRUG_HISTORICAL, "drug", r"国药准字[BTF](?P<year>(19|20)\d{2})\d{4}", "国药准字B20020001"),
    # Preparations of medical institutions: approval, and filing of traditional ones (2018). M
    _form(_A.PREPARATION, "drug", _P + r"药制[字备][HZS]?(?P<year>(19|20)\d{2})\d{4,7}", "新药制字Z20200001"),
    _form(
        _A.PREPARATION,
        "drug",
        _P + r"药制备字[HZS](?P<year>20\d{2})\d{4}\d{3}",
        "新药制备字Z20200001000",
        is_filing=True,
    ),
    # 医疗器械注册与备案管理办法 (order 47 of 2021), Art. 75: organ, 注, 准进许, year, class, category. H
    _form(
        _A.DEVICE,
        "device",
        rf"(国械注[准进许](?P<year>20\d{{2}})(?P<cls>[23])(?P<cat>\d{{2}})\d{{4}}"
        rf"|{_P}械注准(?P<year2>20\d{{2}})(?P<cls2>2)(?P<cat2>\d{{2}})\d{{4}})",
        "国械注准20213010001",
    ),
    # Before October 2014. M
    _form(
        _A.DEVICE_HISTORICAL,
        "device",
        rf"(国食药监械|国药管械|{_P}食?药监?管?械)\([准进许试]\)字(?P<year>(19|20)\d{{2}})第(?P<cls>[123])(?P<cat>\d{{2}})\d{{4}}号",
        "国食药监械(准)字2012第3400001号",
    ),
    # Class I is filed: 国 or short names of province and city, 械备, year, order; 号 until 2021. H
    _form(
        _A.DEVICE_FILING,
        "device",
        rf"(国|{_P}[\u4e00-\u9fff]{{1,3}})械备(?P<year>20\d{{2}})\d{{4}}号?",
        "新昌械备20210001",
        is_filing=True,
    ),
    # 化妆品注册备案管理办法 (order 35 of 2021), Art. 57. H
    _form(_A.COSMETIC_SPECIAL, "cosmetic", r"国妆特[进制]?字(?P<year>20\d{2})\d{4,5}", "国妆特字20210001"),
    _form(
        _A.COSMETIC_FILING,
        "cosmetic",
        rf"({_P}G妆网备字(?P<year>20\d{{2}})\d{{6}}|国妆网备[进制]字\({_P}\)(?P<year2>20\d{{2}})\d{{6}})",
        "新G妆网备字2021000001",
        is_filing=True,
    ),
    # Before 2021: 国妆特字G, 国妆特进字J, 国妆备进字J, and 卫妆 of the ministry of health. M
    _form(
        _A.COSMETIC_HISTORICAL,
        "cosmetic",
        r"国妆(特|特进|备进)字[GJ](?P<year>20\d{2})\d{4}|卫妆(特|特进|备进)字\((?P<year2>(19|20)\d{2})\)第\d{4}号",
        "国妆特字G20150001",
    ),
)


@dataclass(frozen=True, slots=True)
class ApprovalNumber:
    """A recognised approval number and what it says of itself; `year` is None where it does not."""

    plain: str
    approval: Approval
    product_kind: str
    year: int | None
    device_class: str = ""
    device_category: str = ""
    is_filing: bool = False


def plain_code(text: str) -> str:
    """A code as it is kept: full-width signs made plain, brackets of one kind, no spaces, capitals."""
    folded = unicodedata.normalize("NFKC", text.translate(_BRACKETS))
    return _SPACES.sub("", folded).upper()


_BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})


def parse_approval(text: str, product_kind: str = "", *, this_year: int = 2100) -> ApprovalNumber:
    """The approval, registration or filing number in `text`.

    Raises CodeError: "empty", "approval_unknown" (no form of the kind, or of any), "approval_other_kind" (a
    number of another kind of product), "year_to_come" (its year lies after `this_year`).
    """
    plain = plain_code(text)
    if not plain:
        raise CodeError("empty")
    for form in FORMS:
        match = form.pattern.fullmatch(plain)
        if match is None:
            continue
        if product_kind and form.product_kind != product_kind:
            raise CodeError("approval_other_kind", plain)
        said = match.groupdict()
        year = said.get("year") or said.get("year2")
        if year and int(year) > this_year:
            raise CodeError("year_to_come", plain)
        return ApprovalNumber(
            plain,
            form.approval,
            form.product_kind,
            int(year) if year else None,
            said.get("cls") or said.get("cls2") or ("1" if form.approval is _A.DEVICE_FILING else ""),
            said.get("cat") or said.get("cat2") or "",
            form.is_filing,
        )
    raise CodeError("approval_unknown", plain)


def forms_of(product_kind: str) -> tuple[ApprovalForm, ...]:
    """The forms of approval numbers of a kind of product, today's first."""
    return tuple(form for form in FORMS if form.product_kind == product_kind)


_TRACE_PREFIX = re.compile(r"\d{7}")
_NATIONAL_DRUG_CODE = re.compile(r"869\d{11}")
_TRACE_CODE = re.compile(r"\d{20}")
_MA = re.compile(r"MA\.\d{3}\.[A-Z]\d{1,2}\.\d{4,8}(\.[0-9A-Z]{1,20}){1,3}")
_AHM = re.compile(r"AHM[0-9A-Z]{6,32}|\d{20}")


def check_trace_prefix(text: str) -> str:
    """The seven digits with which the trace codes of a drug begin (药品标识码).

    Raises CodeError "trace_prefix".
    """
    return _of_form(text, _TRACE_PREFIX, "trace_prefix")


def check_national_drug_code(text: str) -> str:
    """A 国家药品编码本位码: 14 digits that begin with 86 (China) and 9 (drugs).

    Its last digit checks the others by a formula that we could not read; only the form is verified.
    Raises CodeError "national_drug_code".
    """
    return _of_form(text, _NATIONAL_DRUG_CODE, "national_drug_code")


def check_trace_code(text: str) -> str:
    """A 药品追溯码 of 20 digits: 7 of the product, 9 in order, 4 that only the issuer can verify.

    Raises CodeError "trace_code".
    """
    return _of_form(text, _TRACE_CODE, "trace_code")


def check_ma(text: str) -> str:
    """A UDI-DI of ZIIOT, "MA.156.M0.100133.…" (country, kind of business, holder, product); form only.

    Raises CodeError "ma".
    """
    return _of_form(text, _MA, "ma")


def check_ahm(text: str) -> str:
    """A UDI-DI of AliHealth; form only, for no rule of its check characters is published.

    Raises CodeError "ahm".
    """
    return _of_form(text, _AHM, "ahm")


def _of_form(text: str, pattern: re.Pattern[str], reason: str) -> str:
    plain = plain_code(text)
    if not plain:
        raise CodeError("empty")
    if pattern.fullmatch(plain) is None:
        raise CodeError(reason, plain)
    return plain
