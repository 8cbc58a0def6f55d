"""The errors that sigtrim raises, and how a value of another type is told; a leaf module."""

from __future__ import annotations

__all__ = ["ConfigError", "SigtrimError", "SourceError", "VerificationError", "check_type"]


class SigtrimError(Exception):
    """The base of every error here; never raised itself."""


class ConfigError(SigtrimError, ValueError):
    """A setting is unknown or has a bad value; the message names the setting and the file."""


class SourceError(SigtrimError, ValueError):
    """A document cannot be read as text: it is binary, too large, or its format is broken."""


class VerificationError(SigtrimError):
    """A rewrite broke a guarantee; the document is handed back untouched with this as the reason."""


def check_type(name: str, value: object, *kinds: type) -> None:
    """Raise `TypeError` for an argument that is none of the types that are expected.

    >>> check_type("document", None, str, bytes)
    Traceback (most recent call last):
    TypeError: document: expected str or bytes, not NoneType
    """
    if not isinstance(value, kinds):
        raise TypeError(f"{name}: expected {' or '.join(one.__name__ for one in kinds)}, not {type(value).__name__}")
