from django.apps import AppConfig


class IntakeApp(AppConfig):
    name = "yaojian.registers.intake"
    label = "intake"
