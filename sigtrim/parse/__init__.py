"""Text to documents; nothing here edits."""
