"""A province that lives: subjects, people and two years of acts with known truth."""
