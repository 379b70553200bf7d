"""Speed, measured side by side: see ``python -m benchmarks --help``."""
