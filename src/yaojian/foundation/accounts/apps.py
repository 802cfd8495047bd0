from django.apps import AppConfig


class AccountsApp(AppConfig):
    name = "yaojian.foundation.accounts"
    label = "accounts"
