from django.apps import AppConfig


class IntakeApp(AppConfig):
    """Tables taken into the registers."""

    name = "yaojian.registers.intake"
    label = "intake"

    def ready(self) -> None:
        from yaojian.foundation.privacy.facade import FIELD_NAMES
        from yaojian.registers.intake.expert_target import EXPERTS
        from yaojian.registers.intake.inspector_target import INSPECTORS
        from yaojian.registers.intake.licence_target import LICENCES
        from yaojian.registers.intake.pharmacist_target import PHARMACISTS
        from yaojian.registers.intake.product_target import PRODUCTS
        from yaojian.registers.intake.subject_target import SUBJECTS
        from yaojian.registers.intake.targets import register_target
        from yaojian.registers.intake.words import SEALED_FIELD, SEALED_NAME

        FIELD_NAMES[SEALED_FIELD] = SEALED_NAME

        for target in (SUBJECTS, LICENCES, PRODUCTS, PHARMACISTS, INSPECTORS, EXPERTS):
            register_target(target)
