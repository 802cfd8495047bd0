"""Plans at the size of a province: figures cold and kept, mandates, the year schedule, pages, growth."""
