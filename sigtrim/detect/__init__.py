"""Documents to link lists; nothing here edits."""
