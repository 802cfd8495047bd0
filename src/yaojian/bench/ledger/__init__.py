"""What the public log costs: in the business transaction, in the sequencer, for who verifies and audits."""
