"""DuckDB and the landed files: owns the connection, migrations, swaps and reads."""
