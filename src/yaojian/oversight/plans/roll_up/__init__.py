"""The national roll-up: many provinces' exports counted by the same expressions on DuckDB or on Spark.

Needs `requirements-analytics.txt`; nothing here is imported by the web process.
"""
