"""Plans: indicators, targets, mandates and the packs that define them."""
