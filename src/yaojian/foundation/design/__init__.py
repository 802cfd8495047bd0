"""The look and feel of every page: tokens, layouts, components. Knows no regulator's table."""
