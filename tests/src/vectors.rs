//! The vectors of `tests/vectors/`: reports with their bytes, and bytes that must be refused.
