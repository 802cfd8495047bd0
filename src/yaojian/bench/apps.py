from django.apps import AppConfig


class BenchApp(AppConfig):
    name = "yaojian.bench"
    label = "bench"
