"""The promises of speed and memory, measured. `python -m benchmarks`, or `--large` for 10 and 50 million lines."""
