"""Data at rest and what it means."""
