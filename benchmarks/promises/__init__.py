"""One module for each promise: `measure(site)` answers its rows."""
