"""Pages of the register of subjects."""
