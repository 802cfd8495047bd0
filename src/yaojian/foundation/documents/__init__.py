"""Evidence: typed by content, hashed, limited in size, shown only when safe."""
