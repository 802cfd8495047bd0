"""The engine of the transparency log: tree, tiles, notes and proofs. Pure, without Django.

Sources: RFC 6962 section 2.1 and RFC 9162 section 2.1 (tree and proofs), C2SP tlog-tiles, signed-note,
tlog-checkpoint, tlog-cosignature and tlog-proof.
"""
