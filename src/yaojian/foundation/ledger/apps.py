from django.apps import AppConfig


class LedgerApp(AppConfig):
    name = "yaojian.foundation.ledger"
    label = "ledger"

    def ready(self) -> None:
        from yaojian.foundation.ledger.listening import listen

        listen()
