from django.apps import AppConfig


class EnterprisesApp(AppConfig):
    name = "yaojian.registers.enterprises"
    label = "enterprises"
