"""One next step instead of a goose chase: rewrite signatures and captions.

A document goes through these stages, each a folder or a module that a newcomer can read in this order:

    sigtrim.rewriter   the whole flow; start here
    sigtrim.parse      bytes -> Source -> Document: lossless tokens, a light tree, every offset into the source
    sigtrim.detect     Document -> LinkList: mentions of platforms and the multi-platform rule
    sigtrim.rewrite    LinkList -> edits -> text: what goes, where the call to action comes in, the proof
    sigtrim.formats    the files that signatures live in: mail, RTF, Outlook's folder; bytes in, bytes out
    sigtrim.report     the result told as diff, table or JSON
    sigtrim.batch      many files; sigtrim.cli the command line; sigtrim.config the settings of both

>>> from sigtrim import CallToAction, rewrite
>>> html = '<a href="https://facebook.com/acme">fb</a> | <a href="https://x.com/acme">X</a>'
>>> result = rewrite(html, cta=CallToAction("https://example.com/guide", "Get the free guide"))
>>> sorted({removal.platform for removal in result.removals if removal.code == "platform-link"})
['facebook', 'x']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sigtrim.config import CallToAction, Config, Limits, Rules, find_config, load_config
    from sigtrim.errors import ConfigError, SigtrimError, SourceError, VerificationError
    from sigtrim.parse.source import Source, Span
    from sigtrim.rewrite.edits import Edit
    from sigtrim.rewrite.result import Kept, Removal, Rewrite
    from sigtrim.rewriter import Rewriter

__all__ = [
    "CallToAction",
    "Config",
    "ConfigError",
    "Edit",
    "Kept",
    "Limits",
    "Removal",
    "Rewrite",
    "Rewriter",
    "Rules",
    "SigtrimError",
    "Source",
    "SourceError",
    "Span",
    "VerificationError",
    "find_config",
    "load_config",
    "rewrite",
]

__version__ = "0.1.0"

# Where the public names live. They are fetched at their first use: a program that only may need a rewrite, or the
# command line that only prints its version, does not pay for the whole flow.
_HOMES = {
    "CallToAction": "config",
    "Config": "config",
    "ConfigError": "errors",
    "Edit": "rewrite.edits",
    "Kept": "rewrite.result",
    "Limits": "config",
    "Removal": "rewrite.result",
    "Rewrite": "rewrite.result",
    "Rewriter": "rewriter",
    "Rules": "config",
    "SigtrimError": "errors",
    "Source": "parse.source",
    "SourceError": "errors",
    "Span": "parse.source",
    "VerificationError": "errors",
    "find_config": "config",
    "load_config": "config",
}


# The folder of the stage has the name of the function below. Imported first, it cannot take its place later.
import_module("sigtrim.rewrite")


def rewrite(
    document: str | bytes,
    *,
    cta: CallToAction | None = None,
    rules: Rules | None = None,
    format: Literal["html", "text"] | None = None,  # noqa: A002 - the word that users know
) -> Rewrite:
    """Rewrite one document; for many with the same settings, make a `Rewriter` once.

    `document` is a text, or the bytes of a file, whose encoding is then found out and kept; the result's `output` is
    of the same type. Without `cta` the link list goes and nothing comes in. `format` is found out from the content if
    it is left out.

    >>> rewrite('<a href="https://linkedin.com/in/ada">LinkedIn</a>').changed
    False
    """
    from sigtrim.rewriter import Rewriter as Engine  # noqa: PLC0415 - see _HOMES

    return Engine(cta=cta, rules=rules).rewrite(document, format=format)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sigtrim' has no attribute {name!r}")
    value: object = getattr(import_module(f"sigtrim.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names before their first use too, for those who look around in a session."""
    return sorted({*globals(), *__all__})
