"""Loading plan packs: the tables follow the packs, and doing it twice changes nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import transaction

from yaojian.foundation.accounts.facade import Actor, organ_by_code, system_actor
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans.adjusted import show_adjustments
from yaojian.oversight.plans.contracts import FIRST_ADOPTED_SEED
from yaojian.oversight.plans.errors import PackError, Problem, said
from yaojian.oversight.plans.indicators import define_indicators
from yaojian.oversight.plans.models import Figure, IndicatorVersion, PackFinding, Plan, PlanRow
from yaojian.oversight.plans.packs import WORD_FILES, Pack, load_all
from yaojian.oversight.plans.rows import Finding, Part, Row
from yaojian.oversight.plans.vocabulary import PACK_FOLDER


def load_packs(folder: Path = PACK_FOLDER) -> dict[str, bool]:
    """Load all packs of a folder; returns for each plan code whether anything had changed.

    A pack has changed when its own file has, or one of the files of words that all packs share.
    Raises PackError with every problem of every pack (also where it has the code of a plan that was adopted
    here), or NotFound for an unknown organ; then no pack is loaded at all.
    """
    packs = load_all(folder)
    with transaction.atomic():
        return {pack.plan.code: _load(pack) for pack in packs}


def fingerprint_of(path: Path) -> str:
    """SHA-256 (hex) over a pack's file and the files of words beside it, each with its length."""
    digest = hashlib.sha256()
    for part in (path, *(path.with_name(name) for name in WORD_FILES)):
        content = part.read_bytes()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def adopt_pack(pack: Pack, fingerprint: str, *, by: Actor | None = None) -> Plan:
    """Make a checked pack that is no file a plan; callers have asked for the right. Raises NotFound."""
    with transaction.atomic():
        return _write(pack, fingerprint, by)


def _load(pack: Pack) -> bool:
    fingerprint = fingerprint_of(pack.path)
    known = Plan.objects.filter(code=pack.plan.code).first()
    if known is not None and known.fingerprint == fingerprint:
        return False
    if known is not None and known.seed >= FIRST_ADOPTED_SEED:
        raise PackError(
            [
                Problem(
                    pack.path.name,
                    "",
                    "plan.code",
                    said("a plan that was adopted here has the code %(code)s", code=known.code),
                    said("give the pack another code; the adopted plan stays as it is"),
                )
            ]
        )
    _write(pack, fingerprint, None)
    return True


def _write(pack: Pack, fingerprint: str, by: Actor | None) -> Plan:
    """Let the tables say what a pack says; by the system where nobody is named."""
    plan, _created = Plan.objects.update_or_create(
        code=pack.plan.code,
        defaults={
            "seed": pack.plan.seed,
            "title": pack.plan.title,
            "title_en": pack.plan.title_en,
            "document_no": pack.plan.document_no,
            "issuer": pack.plan.issuer,
            "organ": organ_by_code(pack.plan.organ),
            "start_year": pack.plan.start,
            "end_year": pack.plan.end,
            "source_file": pack.plan.source_file,
            "fingerprint": fingerprint,
            "loaded_at": now(),
        },
    )
    before = dict(Figure.objects.filter(row__plan=plan, version__isnull=False).values_list("key", "version"))
    plan.rows.all().delete()
    plan.findings.all().delete()
    versions = define_indicators([part for row in pack.rows for part in row.parts], before)
    rows = PlanRow.objects.bulk_create([_row(plan, place, row) for place, row in enumerate(pack.rows)])
    Figure.objects.bulk_create(
        [
            _figure(stored, place, part, versions.get(part.key))
            for stored, row in zip(rows, pack.rows, strict=True)
            for place, part in enumerate(row.parts)
        ]
    )
    PackFinding.objects.bulk_create([_finding(plan, finding) for finding in pack.findings])
    show_adjustments([part.key for row in pack.rows for part in row.parts])
    record_act(
        by=by or system_actor(plan.organ),
        kind="plan.loaded",
        file=Ref("plans.plan", plan.pk),
        facts={"plan": plan.code, "title": plan.title, "rows": len(rows), "sha256": fingerprint},
    )
    return plan


def _row(plan: Plan, position: int, row: Row) -> PlanRow:
    return PlanRow(
        plan=plan,
        row_id=row.id,
        position=position,
        line=row.line,
        quote=row.quote,
        title_zh=row.title_zh,
        title_en=row.title_en,
        klass=row.klass,
        attribute=row.attribute,
        kind=row.kind,
        value=row.value,
        unit_zh=row.unit_zh,
        period=row.period,
        same_as=row.same_as,
        supplementary=row.supplementary,
        responsible_level=row.responsible_level,
        law=[law.key for law in row.law],
        notes_zh=row.notes_zh,
        notes_en=row.notes_en,
    )


def _figure(row: PlanRow, position: int, part: Part, version: IndicatorVersion | None) -> Figure:
    return Figure(
        version=version,
        row=row,
        key=part.key,
        position=position,
        title_zh=part.title_zh,
        title_en=part.title_en,
        klass=part.klass,
        unit=part.unit,
        unit_zh=part.unit_zh,
        same_as=part.same_as,
        responsible_level=part.responsible_level,
        targets=[target.to_dict() for target in part.targets],
        formula=part.formula.to_dict() if part.formula else None,
        waits_for=list(part.waits_for),
        computable=part.computable,
    )


def _finding(plan: Plan, finding: Finding) -> PackFinding:
    return PackFinding(
        plan=plan,
        finding_id=finding.id,
        kind=finding.kind,
        rows=list(finding.rows),
        text_zh=finding.text_zh,
        text_en=finding.text,
        treatment_zh=finding.treatment_zh,
        treatment_en=finding.treatment,
    )
