"""Organs, people, rights and rules: the pages of those who keep them."""
