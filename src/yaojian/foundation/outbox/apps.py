from django.apps import AppConfig


class OutboxApp(AppConfig):
    name = "yaojian.foundation.outbox"
    label = "outbox"
