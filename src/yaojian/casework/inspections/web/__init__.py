"""Pages of the inspections room."""
