"""Data in: one module per source or file format, the only place that knows a provider's quirks."""
