"""The evaluation of policies: whether a principal may do an action on a resource in a context."""
