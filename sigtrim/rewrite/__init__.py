"""Link lists to edits to text; nothing here decides what a platform is."""
