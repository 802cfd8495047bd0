"""The sequencer: takes acts into the public log, one process at a time, in plain SQL."""
