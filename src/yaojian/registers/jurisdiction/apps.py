from django.apps import AppConfig


class JurisdictionApp(AppConfig):
    name = "yaojian.registers.jurisdiction"
    label = "jurisdiction"
