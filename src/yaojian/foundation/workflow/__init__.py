"""State tables and statutory clocks."""
