"""Input: what msglint could not do."""
