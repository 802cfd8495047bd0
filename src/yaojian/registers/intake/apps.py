from django.apps import AppConfig


class IntakeApp(AppConfig):
    """Tables taken into the registers."""

    name = "yaojian.registers.intake"
    label = "intake"

    def ready(self) -> None:
        from yaojian.registers.intake.licence_target import LICENCES
        from yaojian.registers.intake.product_target import PRODUCTS
        from yaojian.registers.intake.subject_target import SUBJECTS
        from yaojian.registers.intake.targets import register_target

        for target in (SUBJECTS, LICENCES, PRODUCTS):
            register_target(target)
