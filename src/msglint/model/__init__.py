"""What a system is: typed, unchangeable, and free of any language."""
