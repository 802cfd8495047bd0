"""Which tables changed: one row for each transaction and table, written by the database itself."""

from __future__ import annotations

from django.db import models


class TableChange(models.Model):
    """One transaction that changed one table; seen by others when that transaction is."""

    table_name = models.CharField(max_length=63)
    transaction = models.BigIntegerField(help_text="the database's number of the transaction")

    def __str__(self) -> str:
        return f"{self.table_name} {self.pk}"
