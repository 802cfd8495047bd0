"""Who and what is lawful."""
