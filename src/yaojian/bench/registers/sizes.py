"""What the two sides of the bench have in common: sizes and accounts. Needs no Django."""

SIZES = (10_000, 140_000)
PASSWORD = "measured-only-2026"  # noqa: S105 — of accounts that exist in a scratch installation only
LEADER, REGISTRAR, OFFICER, COLLEAGUE = "bench-leader", "bench-registrar", "bench-officer", "bench-colleague"
