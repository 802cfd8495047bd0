"""One command per speed figure, against a peer or a physical limit."""
