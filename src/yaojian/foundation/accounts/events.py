"""What the room says when organs or people change: inside the transaction, to whoever must act in it.

The journal lies above this room and cannot be called from here; it listens instead (ledger/listening.py).
A listener that fails undoes the change.
"""

from django.dispatch import Signal

organ_registered = Signal()
"""An organ was entered, or entered data of it changed: `organ`, `is_new`, `changed` (names of fields)."""

account_created = Signal()
"""A person was entered: `user`, `organ` (of the first posting)."""

person_posted = Signal()
"""A person got a posting: `posting`."""

account_locked = Signal()
"""Too many wrong passwords in a row: `user`, `until`."""

password_set = Signal()
"""The operator gave a person a new password: `user`."""
