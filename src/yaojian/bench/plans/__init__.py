"""Plans at the size of a province: figures cold and kept, the cockpit, growth, and a hand-written count."""
