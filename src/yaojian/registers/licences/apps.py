from django.apps import AppConfig


class LicencesApp(AppConfig):
    name = "yaojian.registers.licences"
    label = "licences"
