from django.apps import AppConfig


class KeptApp(AppConfig):
    name = "yaojian.foundation.kept"
    label = "kept"
