from django.apps import AppConfig


class NoticesApp(AppConfig):
    name = "yaojian.foundation.notices"
    label = "notices"
