from django.apps import AppConfig


class ExportsApp(AppConfig):
    name = "yaojian.foundation.exports"
    label = "exports"
