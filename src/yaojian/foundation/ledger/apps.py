from django.apps import AppConfig


class LedgerApp(AppConfig):
    name = "yaojian.foundation.ledger"
    label = "ledger"

    def ready(self) -> None:
        from yaojian.foundation.accounts.events import record_with
        from yaojian.foundation.ledger.changes import record_change

        record_with(record_change)
