"""Tests of the public's door."""
