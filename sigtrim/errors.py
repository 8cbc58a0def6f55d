"""The errors that sigtrim raises; a leaf module."""

from __future__ import annotations

__all__ = ["ConfigError", "SigtrimError", "SourceError", "VerificationError"]


class SigtrimError(Exception):
    """The base of every error here; never raised itself."""


class ConfigError(SigtrimError, ValueError):
    """A setting is unknown or has a bad value; the message names the setting and the file."""


class SourceError(SigtrimError, ValueError):
    """A document cannot be read as text: it is binary, too large, or its format is broken."""


class VerificationError(SigtrimError):
    """A rewrite broke a guarantee; the document is handed back untouched with this as the reason."""
