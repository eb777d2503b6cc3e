"""Deterministic bills of an invented company, written as its providers would and loaded like any other."""
