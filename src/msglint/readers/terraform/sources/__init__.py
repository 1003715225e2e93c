"""The `.tf` files of a configuration: modules, what they read, values of variables, comments."""
