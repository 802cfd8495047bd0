from django.apps import AppConfig


class WorklistApp(AppConfig):
    name = "yaojian.foundation.worklist"
    label = "worklist"
