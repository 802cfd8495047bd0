"""What other rooms may use."""

from yaojian.foundation.kept.kept import (
    forget,
    kept_count,
    kept_from,
    kept_rows,
    kept_while,
    one_look,
    reads_through,
)
from yaojian.foundation.kept.sweeping import sweep_changes

__all__ = [
    "forget",
    "kept_count",
    "kept_from",
    "kept_rows",
    "kept_while",
    "one_look",
    "reads_through",
    "sweep_changes",
]
