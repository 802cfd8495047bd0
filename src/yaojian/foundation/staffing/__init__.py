"""Who works where, in which role, from when until when: joiners, movers, leavers, deputies, yearly review."""
