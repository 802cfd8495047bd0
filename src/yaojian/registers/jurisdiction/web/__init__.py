"""Pages of the jurisdiction tables."""
