"""Pairs of subjects that may be one: found by blocks, scored with reasons. Pure, apart from `finding`."""
