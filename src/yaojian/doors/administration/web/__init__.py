"""Pages of the administration: organs, people, and one's own account."""
