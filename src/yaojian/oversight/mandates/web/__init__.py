"""Pages of the mandates room."""
