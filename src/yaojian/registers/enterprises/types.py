"""Types, flags and risk grades of subjects: the words that plan packs may use (map.md A2, A3)."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SubjectType(StrEnum):
    """What a subject is. A legal person with several businesses has a subject for each."""

    HOLDER = "holder"
    DRUG_PRODUCER = "drug_producer"
    DRUG_WHOLESALER = "drug_wholesaler"
    VACCINE_DISTRIBUTOR = "vaccine_distributor"
    CHAIN_HEADQUARTERS = "chain_headquarters"
    CHAIN_STORE = "chain_store"
    SINGLE_PHARMACY = "single_pharmacy"
    PREPARATION_ROOM = "preparation_room"
    DEVICE_REGISTRANT = "device_registrant"
    DEVICE_PRODUCER_1 = "device_producer_1"
    DEVICE_PRODUCER_2 = "device_producer_2"
    DEVICE_PRODUCER_3 = "device_producer_3"
    DEVICE_OPERATOR = "device_operator"
    COSMETIC_REGISTRANT = "cosmetic_registrant"
    COSMETIC_PRODUCER = "cosmetic_producer"
    COSMETIC_OPERATOR = "cosmetic_operator"
    ECOMMERCE_PLATFORM = "ecommerce_platform"
    HOSPITAL = "hospital"
    PRIMARY_CARE = "primary_care"
    CLINIC = "clinic"
    CDC = "cdc"
    VACCINATION_UNIT = "vaccination_unit"
    TRIAL_INSTITUTION = "trial_institution"
    LABORATORY = "laboratory"


_T = SubjectType
TYPE_NAMES: dict[SubjectType, Promise] = {
    _T.HOLDER: _("Marketing authorisation holder"),
    _T.DRUG_PRODUCER: _("Drug producer"),
    _T.DRUG_WHOLESALER: _("Drug wholesaler"),
    _T.VACCINE_DISTRIBUTOR: _("Vaccine distributor"),
    _T.CHAIN_HEADQUARTERS: _("Pharmacy chain headquarters"),
    _T.CHAIN_STORE: _("Chain pharmacy"),
    _T.SINGLE_PHARMACY: _("Single pharmacy"),
    _T.PREPARATION_ROOM: _("Hospital preparation room"),
    _T.DEVICE_REGISTRANT: _("Device registrant or filer"),
    _T.DEVICE_PRODUCER_1: _("Class I device producer"),
    _T.DEVICE_PRODUCER_2: _("Class II device producer"),
    _T.DEVICE_PRODUCER_3: _("Class III device producer"),
    _T.DEVICE_OPERATOR: _("Device operator"),
    _T.COSMETIC_REGISTRANT: _("Cosmetics registrant or filer"),
    _T.COSMETIC_PRODUCER: _("Cosmetics producer"),
    _T.COSMETIC_OPERATOR: _("Cosmetics operator"),
    _T.ECOMMERCE_PLATFORM: _("E-commerce platform"),
    _T.HOSPITAL: _("Hospital"),
    _T.PRIMARY_CARE: _("Primary care institution"),
    _T.CLINIC: _("Clinic"),
    _T.CDC: _("Centre for disease control"),
    _T.VACCINATION_UNIT: _("Vaccination unit"),
    _T.TRIAL_INSTITUTION: _("Clinical trial institution"),
    _T.LABORATORY: _("Laboratory"),
}


KNOWN_BY_LICENCE = frozenset(
    {
        _T.DRUG_PRODUCER,
        _T.DRUG_WHOLESALER,
        _T.CHAIN_HEADQUARTERS,
        _T.CHAIN_STORE,
        _T.SINGLE_PHARMACY,
        _T.PREPARATION_ROOM,
        _T.DEVICE_PRODUCER_1,
        _T.DEVICE_PRODUCER_2,
        _T.DEVICE_PRODUCER_3,
        _T.DEVICE_OPERATOR,
        _T.COSMETIC_PRODUCER,
        _T.ECOMMERCE_PLATFORM,
        _T.HOSPITAL,
        _T.PRIMARY_CARE,
        _T.CLINIC,
        _T.TRIAL_INSTITUTION,
    }
)
"""Types that a licence or filing gives a number; of the others none is missing."""


class RiskGrade(StrEnum):
    """Risk grade; IV is the highest."""

    NONE = ""
    I = "I"  # noqa: E741 — the grades are Roman numerals in every plan
    II = "II"
    III = "III"
    IV = "IV"


RISK_NAMES: dict[RiskGrade, Promise] = {
    RiskGrade.NONE: pgettext_lazy("risk grade", "Not graded"),
    RiskGrade.I: pgettext_lazy("risk grade", "Grade I"),
    RiskGrade.II: pgettext_lazy("risk grade", "Grade II"),
    RiskGrade.III: pgettext_lazy("risk grade", "Grade III"),
    RiskGrade.IV: pgettext_lazy("risk grade", "Grade IV (highest)"),
}


def type_name(code: str) -> str:
    """The name of a subject type in the reader's language."""
    return str(TYPE_NAMES[SubjectType(code)])


FLAG_NAMES: dict[str, Promise] = {
    "directly_supervised": pgettext_lazy("flag", "Supervised directly by the province"),
    "high_risk": pgettext_lazy("flag", "High risk"),
    "vaccine_distributor": pgettext_lazy("flag", "Distributes vaccines"),
    "special_drug": pgettext_lazy("flag", "Narcotic, psychotropic or precursor drugs"),
    "vaccine": pgettext_lazy("flag", "Vaccines"),
    "blood_product": pgettext_lazy("flag", "Blood products"),
    "biological": pgettext_lazy("flag", "Biological products"),
    "radioactive": pgettext_lazy("flag", "Radioactive drugs"),
    "toxic": pgettext_lazy("flag", "Medicinal toxic drugs"),
    "sterile": pgettext_lazy("flag", "Sterile products"),
    "implant": pgettext_lazy("flag", "Implants"),
    "ivd": pgettext_lazy("flag", "In-vitro diagnostics"),
    "epidemic_control": pgettext_lazy("flag", "Epidemic-control devices"),
    "child_cosmetic": pgettext_lazy("flag", "Infant and child cosmetics"),
    "level2_plus": pgettext_lazy("flag", "Level 2 or above"),
    "below_level2": pgettext_lazy("flag", "Below level 2"),
    "device_class_1": pgettext_lazy("flag", "Operates class I devices"),
    "device_class_2": pgettext_lazy("flag", "Operates class II devices"),
    "device_class_3": pgettext_lazy("flag", "Operates class III devices"),
    "school_clinic": pgettext_lazy("flag", "Factory or school health room"),
}


def flag_name(flag: str) -> str:
    """The name of a flag in the reader's language; a flag that only a plan pack knows stays as it is."""
    return str(FLAG_NAMES.get(flag, flag))


HOSPITAL_LEVELS: dict[int, Promise] = {
    1: pgettext_lazy("hospital", "Level 1"),
    2: pgettext_lazy("hospital", "Level 2"),
    3: pgettext_lazy("hospital", "Level 3"),
}
LEVEL_FLAGS = {1: "below_level2", 2: "level2_plus", 3: "level2_plus"}
"""Plans choose hospitals by these marks; the register derives them from the level."""


class EnterpriseKind(StrEnum):
    """What a legal entity is, by the first two characters of its unified code (GB 32100-2015)."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    COOPERATIVE = "cooperative"
    AUTHORITY = "authority"
    INSTITUTION = "institution"
    ASSOCIATION = "association"
    NON_ENTERPRISE = "non_enterprise"
    FOUNDATION = "foundation"
    OTHER = "other"


_K = EnterpriseKind
KIND_NAMES: dict[EnterpriseKind, Promise] = {
    _K.COMPANY: pgettext_lazy("legal entity", "Company"),
    _K.SOLE_TRADER: pgettext_lazy("legal entity", "Sole trader"),
    _K.COOPERATIVE: pgettext_lazy("legal entity", "Farmers' cooperative"),
    _K.AUTHORITY: pgettext_lazy("legal entity", "Authority"),
    _K.INSTITUTION: pgettext_lazy("legal entity", "Public institution"),
    _K.ASSOCIATION: pgettext_lazy("legal entity", "Association"),
    _K.NON_ENTERPRISE: pgettext_lazy("legal entity", "Private non-enterprise unit"),
    _K.FOUNDATION: pgettext_lazy("legal entity", "Foundation"),
    _K.OTHER: pgettext_lazy("legal entity", "Other body"),
}
_KINDS_BY_CODE = {
    "91": _K.COMPANY,
    "92": _K.SOLE_TRADER,
    "93": _K.COOPERATIVE,
    "11": _K.AUTHORITY,
    "12": _K.INSTITUTION,
    "51": _K.ASSOCIATION,
    "52": _K.NON_ENTERPRISE,
    "53": _K.FOUNDATION,
}


def kind_of_code(uscc: str) -> EnterpriseKind:
    """The kind of body that a unified code was given to."""
    return _KINDS_BY_CODE.get(uscc[:2], EnterpriseKind.OTHER)


class EnterpriseStatus(StrEnum):
    """What has become of a legal entity (登记状态)."""

    ACTIVE = "active"
    REVOKED = "revoked"
    DISSOLVED = "dissolved"


STATUS_NAMES: dict[EnterpriseStatus, Promise] = {
    EnterpriseStatus.ACTIVE: pgettext_lazy("legal entity", "Active"),
    EnterpriseStatus.REVOKED: pgettext_lazy("legal entity", "Business licence revoked"),
    EnterpriseStatus.DISSOLVED: pgettext_lazy("legal entity", "Deregistered"),
}
