"""The kinds of licences and filings: who needs which, how its number is written, how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Level
from yaojian.registers.enterprises.facade import SubjectType
from yaojian.registers.licences.numbers import FORMS, NumberForm

_T = SubjectType
_PRODUCERS = (_T.DRUG_PRODUCER,)
_DEVICE_PRODUCERS = (_T.DEVICE_PRODUCER_2, _T.DEVICE_PRODUCER_3)
_RETAIL = (_T.CHAIN_STORE, _T.SINGLE_PHARMACY)
_CARE = (_T.HOSPITAL, _T.PRIMARY_CARE, _T.CLINIC)


@dataclass(frozen=True, slots=True)
class LicenceKind:
    """A kind of licence or filing.

    `years` is how long one lasts, None when it holds until further notice. `opens` and `closes` are the
    codes of the statutory rules for the window in which a renewal is applied for. `single`: a subject has
    one at a time. `abolished_on`: none is issued from that day on.
    """

    code: str
    name: Promise
    explanation: Promise
    forms: tuple[str, ...]
    fits: tuple[SubjectType, ...]
    level: Level
    years: int | None = 5
    is_filing: bool = False
    opens: str = ""
    closes: str = ""
    single: bool = True
    abolished_on: date | None = None

    @property
    def number_forms(self) -> tuple[NumberForm, ...]:
        """The ways in which its number may be written, today's first."""
        return tuple(FORMS[code] for code in self.forms)

    @property
    def expires(self) -> bool:
        """Whether its papers end on a printed day."""
        return self.years is not None

    def form_of(self, plain: str) -> NumberForm | None:
        """The form in which a plain number is written, if it is one of this kind's."""
        return next((form for form in self.number_forms if form.matches(plain)), None)


_ALL = (
    LicenceKind(
        "drug_production",
        _("Drug production licence"),
        _("Short name of the province, four digits of the year, four digits in order"),
        ("drug_production",),
        _PRODUCERS,
        Level.PROVINCE,
        closes="drug_production_licence.renewal_closes",
    ),
    LicenceKind(
        "drug_wholesale",
        _("Drug operation licence (wholesale)"),
        _("Short name of the province, AA or AB, four digits of the area, five digits in order"),
        ("drug_operation", "drug_operation_old"),
        (_T.DRUG_WHOLESALER,),
        Level.PROVINCE,
        opens="drug_operation_licence.renewal_window_opens",
        closes="drug_operation_licence.renewal_window_closes",
    ),
    LicenceKind(
        "drug_chain",
        _("Drug operation licence (chain headquarters)"),
        _("Short name of the province, BA or BB, four digits of the area, five digits in order"),
        ("drug_operation", "drug_operation_old"),
        (_T.CHAIN_HEADQUARTERS,),
        Level.PROVINCE,
        opens="drug_operation_licence.renewal_window_opens",
        closes="drug_operation_licence.renewal_window_closes",
    ),
    LicenceKind(
        "drug_retail",
        _("Drug operation licence (retail)"),
        _("Short name of the province, C or D and A or B, four digits of the area, five digits in order"),
        ("drug_operation", "drug_operation_old"),
        _RETAIL,
        Level.COUNTY,
        opens="drug_operation_licence.renewal_window_opens",
        closes="drug_operation_licence.renewal_window_closes",
    ),
    LicenceKind(
        "gsp_certificate",
        _("GSP certificate (abolished, historical)"),
        _("A letter for the kind of business, letters of the province, two digits of the year, a serial"),
        ("gsp",),
        (_T.DRUG_WHOLESALER, _T.CHAIN_HEADQUARTERS, *_RETAIL),
        Level.PROVINCE,
        abolished_on=date(2019, 12, 1),
    ),
    LicenceKind(
        "gmp_certificate",
        _("GMP certificate (abolished, historical)"),
        _("Two letters of the province or CN, four digits of the year, four digits in order"),
        ("gmp",),
        _PRODUCERS,
        Level.PROVINCE,
        single=False,
        abolished_on=date(2019, 12, 1),
    ),
    LicenceKind(
        "preparation",
        _("Preparation licence of a medical institution"),
        _("Short name of the province, four digits of the year, four digits in order, a letter where used"),
        ("preparation",),
        (_T.PREPARATION_ROOM, _T.HOSPITAL),
        Level.PROVINCE,
        closes="preparation_licence.renewal_closes",
    ),
    LicenceKind(
        "device_production",
        _("Device production licence (classes II and III)"),
        _("Short name of the province, 药监械生产许, four digits of the year, four in order, 号"),
        ("device_production",),
        _DEVICE_PRODUCERS,
        Level.PROVINCE,
        opens="device_licence.renewal_window_opens",
        closes="device_licence.renewal_window_closes",
    ),
    LicenceKind(
        "device_production_filing",
        _("Filing of class I device production"),
        _("Short names of province and city, 药监械生产备, four digits of the year, four in order, 号"),
        ("device_filing",),
        (_T.DEVICE_PRODUCER_1, *_DEVICE_PRODUCERS),
        Level.PREFECTURE,
        years=None,
        is_filing=True,
    ),
    LicenceKind(
        "device_operation",
        _("Device operation licence (class III)"),
        _("Short names of province and city, 药监械经营许, four digits of the year, four in order, 号"),
        ("device_operation",),
        (_T.DEVICE_OPERATOR, _T.DRUG_WHOLESALER, _T.CHAIN_HEADQUARTERS, *_RETAIL),
        Level.PREFECTURE,
        opens="device_licence.renewal_window_opens",
        closes="device_licence.renewal_window_closes",
    ),
    LicenceKind(
        "device_operation_filing",
        _("Filing of class II device operation"),
        _("Short names of province and city, 药监械经营备, four digits of the year, four in order, 号"),
        ("device_operation_filing",),
        (_T.DEVICE_OPERATOR, _T.DRUG_WHOLESALER, _T.CHAIN_HEADQUARTERS, *_RETAIL),
        Level.PREFECTURE,
        years=None,
        is_filing=True,
    ),
    LicenceKind(
        "device_online_filing",
        _("Filing of online sale of devices"),
        _("Short name of the province, 网械企备字, the year in brackets, five digits in order, 号"),
        ("device_online",),
        (
            _T.DEVICE_OPERATOR,
            _T.DEVICE_PRODUCER_1,
            *_DEVICE_PRODUCERS,
            _T.DRUG_WHOLESALER,
            _T.CHAIN_HEADQUARTERS,
            *_RETAIL,
            _T.ECOMMERCE_PLATFORM,
        ),
        Level.PREFECTURE,
        years=None,
        is_filing=True,
    ),
    LicenceKind(
        "platform_filing",
        _("Filing of a third-party platform"),
        _("Short name of the province, 网药平台备字 or 网械平台备字, the year in brackets, a serial, 号"),
        ("drug_platform", "device_platform"),
        (_T.ECOMMERCE_PLATFORM,),
        Level.PROVINCE,
        years=None,
        is_filing=True,
        single=False,
    ),
    LicenceKind(
        "cosmetic_production",
        _("Cosmetics production licence"),
        _("Short name of the province, 妆, four digits of the year, four digits in order"),
        ("cosmetic_production",),
        (_T.COSMETIC_PRODUCER,),
        Level.PROVINCE,
        opens="cosmetic_licence.renewal_window_opens",
        closes="cosmetic_licence.renewal_window_closes",
    ),
    LicenceKind(
        "special_drugs",
        _("Qualification for narcotic and psychotropic drugs"),
        _("Number of the letter of approval: the organ's word, the year in brackets, a serial number, 号"),
        ("letter",),
        (*_PRODUCERS, _T.DRUG_WHOLESALER, _T.CHAIN_HEADQUARTERS, *_RETAIL, *_CARE),
        Level.PROVINCE,
        years=3,
        single=False,
    ),
    LicenceKind(
        "vaccine_distribution",
        _("Filing of vaccine distribution"),
        _("Number of the letter of filing: the organ's word, the year in brackets, a serial number, 号"),
        ("letter",),
        (*_PRODUCERS, _T.DRUG_WHOLESALER, _T.CDC),
        Level.PROVINCE,
        years=None,
        is_filing=True,
    ),
    LicenceKind(
        "trial_filing",
        _("Filing of a trial institution"),
        _("药临机构备字 or 械临机构备, four digits of the year, five or six digits in order"),
        ("drug_trial", "device_trial"),
        (_T.TRIAL_INSTITUTION, _T.HOSPITAL),
        Level.NATIONAL,
        years=None,
        is_filing=True,
        single=False,
    ),
    LicenceKind(
        "medical_institution",
        _("Practice licence of a medical institution"),
        _("The 22 characters of the register number: organisation, county, ownership, class of institution"),
        ("medical_institution",),
        (*_CARE, _T.CDC),
        Level.COUNTY,
        years=15,
    ),
)

KINDS: dict[str, LicenceKind] = {kind.code: kind for kind in _ALL}
SINGLE = tuple(kind.code for kind in _ALL if kind.single)

PRINCIPAL: dict[SubjectType, tuple[str, ...]] = {
    _T.DRUG_PRODUCER: ("drug_production",),
    _T.DRUG_WHOLESALER: ("drug_wholesale",),
    _T.CHAIN_HEADQUARTERS: ("drug_chain",),
    _T.CHAIN_STORE: ("drug_retail",),
    _T.SINGLE_PHARMACY: ("drug_retail",),
    _T.PREPARATION_ROOM: ("preparation",),
    _T.DEVICE_PRODUCER_1: ("device_production_filing",),
    _T.DEVICE_PRODUCER_2: ("device_production",),
    _T.DEVICE_PRODUCER_3: ("device_production",),
    _T.DEVICE_OPERATOR: ("device_operation", "device_operation_filing"),
    _T.COSMETIC_PRODUCER: ("cosmetic_production",),
    _T.ECOMMERCE_PLATFORM: ("platform_filing",),
    _T.HOSPITAL: ("medical_institution",),
    _T.PRIMARY_CARE: ("medical_institution",),
    _T.CLINIC: ("medical_institution",),
    _T.TRIAL_INSTITUTION: ("trial_filing",),
}
"""Which kinds give the number by which a type of subject is known, the weightier first."""


@cache
def kinds_for(subject_type: str) -> tuple[LicenceKind, ...]:
    """The kinds that a type of subject may hold."""
    return tuple(kind for kind in _ALL if subject_type in kind.fits)


def kind_name(code: str) -> str:
    """The name of a kind in the reader's language; an unknown code stays as it is."""
    return str(KINDS[code].name) if code in KINDS else code
