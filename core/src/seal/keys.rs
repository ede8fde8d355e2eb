//! The key page.
