"""The slow evaluator: every formula counted in plain Python over lists, written to be read."""
