from django.apps import AppConfig


class PrivacyApp(AppConfig):
    name = "yaojian.foundation.privacy"
    label = "privacy"
