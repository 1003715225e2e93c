"""The targets: a module for each, with its `TARGET`."""
