from django.apps import AppConfig


class LedgerApp(AppConfig):
    name = "yaojian.foundation.ledger"
    label = "ledger"
