"""The door of the outbox."""

from yaojian.foundation.outbox.delivery import deliver_pending, pending_count, publish, subscriber, wake_with

__all__ = ["deliver_pending", "pending_count", "publish", "subscriber", "wake_with"]
