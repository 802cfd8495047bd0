from django.apps import AppConfig


class DeadlinesApp(AppConfig):
    name = "yaojian.foundation.deadlines"
    label = "deadlines"
