"""Pages of the clocks."""
