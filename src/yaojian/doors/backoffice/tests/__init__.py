"""Tests of the officers' door."""
