"""The numbers on licences and filings: how each is written, and how a typed one is made plain. Pure.

No number carries a check character; what can be verified is its form. Sources stand beside each form with
the confidence of the statement (H: text read, M: from the papers themselves or from memory).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵"
"""Short names of the provinces as they begin numbers; 兵 is the Xinjiang Construction Corps."""

LONGEST = 60
_P = f"[{PROVINCES}]"
_BRACKETS = str.maketrans({"[": "〔", "]": "〕", "【": "〔", "】": "〕", "﹝": "〔", "﹞": "〕"})
_SPACES = re.compile(r"[\s\x00\u200b\u200c\u200d\ufeff\u00ad]+")


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One way in which a number is written: a pattern over the plain form, and an example of it."""

    code: str
    pattern: str
    example: str

    def matches(self, plain: str) -> bool:
        """Whether a number in plain form is written so."""
        return _compiled(self.pattern).fullmatch(plain) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def plain_number(text: str) -> str:
    """A number as it is kept: full-width signs made plain, no spaces, capitals, one kind of bracket."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    # Without the spaces an accent may stand beside its letter, with which it becomes one sign.
    return unicodedata.normalize("NFKC", _SPACES.sub("", folded)).translate(_BRACKETS)


FORMS: dict[str, NumberForm] = {
    form.code: form
    for form in (
        # 药品生产监督管理办法 (order 28 of 2020), Art. 93: province, year, four digits in order. H
        NumberForm("drug_production", _P + r"(19|20)\d{2}\d{4}", "新20200001"),
        # 药品经营和使用质量监督管理办法 (order 84 of 2023), appendix: province, two letters (A wholesale,
        # B chain headquarters, C chain store, D single pharmacy; A legal person, B none), four digits of the
        # area, five in order. H. Before 2024 three digits of the area and four in order. M
        NumberForm("drug_operation", _P + r"[A-D][AB]\d{9}", "新DB994100001"),
        NumberForm("drug_operation_old", _P + r"[A-D][AB]\d{7}", "新DB9940001"),
        # Certificates of GSP and GMP, abolished on 2019-12-01. M
        NumberForm("gsp", r"[A-D]-[A-Z]{2,3}-?\d{2}-\d{3,5}", "A-XJ-14-0001"),
        NumberForm("gmp", r"[A-Z]{2}\d{8}|[A-Z]\d{4}", "XJ20140001"),
        # 医疗机构制剂许可证: province, year, four digits in order, a letter for the kind of preparations. M
        NumberForm("preparation", _P + r"(19|20)\d{2}\d{4}[A-Z]{0,2}", "新20200001Z"),
        # 医疗器械生产监督管理办法 (order 53 of 2022), Arts 76-77. H; 食药监 in numbers before 2019. M
        NumberForm(
            "device_production", _P + r"(食)?药监械生产许(19|20)\d{2}\d{4}号", "新药监械生产许20220001号"
        ),
        NumberForm(
            "device_filing",
            _P + r"[\u4e00-\u9fff]{1,3}(食)?药监械生产备(19|20)\d{2}\d{4}号",
            "新昌药监械生产备20220001号",
        ),
        # 医疗器械经营监督管理办法 (order 54 of 2022), Arts 69-70. H
        NumberForm(
            "device_operation",
            _P + r"[\u4e00-\u9fff]{1,3}(食)?药监械经营许(19|20)\d{2}\d{4}号",
            "新昌药监械经营许20220001号",
        ),
        NumberForm(
            "device_operation_filing",
            _P + r"[\u4e00-\u9fff]{1,3}(食)?药监械经营备(19|20)\d{2}\d{4}号",
            "新昌药监械经营备20220001号",
        ),
        # Filings of sale of devices by network (order 38 of 2017), as published by the filing organs. M
        NumberForm(
            "device_online",
            r"\(?" + _P + r"[\u4e00-\u9fff]{0,3}\)?网械企?备字?[〔(]?20\d{2}[〕)]?(第)?\d{4,6}号?",
            "(新)网械企备字〔2023〕第00001号",
        ),
        # Filings of platforms for devices (order 38) and for drugs (order 58 of 2022). M
        NumberForm(
            "device_platform",
            r"\(?" + _P + r"\)?网械平台备字[〔(]20\d{2}[〕)](第)?\d{5,6}号",
            "(新)网械平台备字〔2023〕第00001号",
        ),
        NumberForm(
            "drug_platform",
            r"\(?" + _P + r"\)?网药平台备字[〔(]20\d{2}[〕)](第)?\d{5,6}号",
            "(新)网药平台备字〔2023〕第000001号",
        ),
        # 化妆品生产经营监督管理办法 (order 46 of 2021), Art. 62: province, 妆, year, four digits. H
        NumberForm("cosmetic_production", _P + r"妆(19|20)\d{2}\d{4}", "新妆20220001"),
        # Letters of approval: the issuing organ's own series of documents (文号). M
        NumberForm("letter", r"[\u4e00-\u9fff]{2,16}〔20\d{2}〕\d{1,5}号", "新药监特〔2024〕12号"),
        # Filings of institutions for trials of drugs and of devices. M
        NumberForm("drug_trial", r"药临(床)?机构备字?20\d{2}\d{5,6}", "药临机构备字2020000001"),
        NumberForm("device_trial", r"械临机构备20\d{2}\d{5}", "械临机构备201900001"),
        # Register number of medical institutions: code of the organisation (9), county (6), form of
        # ownership (2), class of institution (letter and four digits). M
        NumberForm(
            "medical_institution", r"[0-9A-Z]{8}-?[0-9A-Z]\d{6}\d{2}[A-Z]\d{3,4}", "PDY00000165232517A1001"
        ),
    )
}
