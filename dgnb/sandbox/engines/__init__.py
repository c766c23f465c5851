"""Real speech engines, each behind a small protocol."""
