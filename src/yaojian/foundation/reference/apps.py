from django.apps import AppConfig


class ReferenceApp(AppConfig):
    name = "yaojian.foundation.reference"
    label = "reference"
