"""msglint: a policy linter for AWS messaging and streaming infrastructure as code."""

__version__ = "0.1.0"
