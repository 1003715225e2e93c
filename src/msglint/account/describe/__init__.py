"""How things that are deployed would stand in a template: one module a service."""
