"""How a file becomes a part of the Model."""
