"""Past-tense news between rooms, written in the transaction that made it true."""
