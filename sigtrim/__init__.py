"""One next step instead of a goose chase: rewrite signatures and captions."""

__version__ = "0.1.0"
