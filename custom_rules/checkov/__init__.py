"""checkov loads checks only from a directory that holds this file."""
