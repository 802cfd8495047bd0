"""Pages on which tables are taken into the registers."""
