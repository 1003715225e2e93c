"""What a team settles once: the configuration file nearest to each template, checked, merged, and told in full."""
