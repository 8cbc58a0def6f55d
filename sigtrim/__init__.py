"""One next step instead of a goose chase: rewrite signatures and captions.

A document goes through these stages, each a folder or a module that a newcomer can read in this order:

    sigtrim.rewriter   the whole flow; start here
    sigtrim.parse      bytes -> Source -> Document: lossless tokens, a light tree, every offset into the source
    sigtrim.detect     Document -> LinkList: mentions of platforms and the multi-platform rule
    sigtrim.rewrite    LinkList -> edits -> text: what goes, where the call to action comes in, the proof
    sigtrim.report     the result told as diff, table or JSON
    sigtrim.batch      many files; sigtrim.cli the command line; sigtrim.config the settings of both

>>> from sigtrim import CallToAction, rewrite
>>> html = '<a href="https://facebook.com/acme">fb</a> | <a href="https://x.com/acme">X</a>'
>>> result = rewrite(html, cta=CallToAction("https://example.com/guide", "Get the free guide"))
>>> [removal.platform for removal in result.removals if removal.code == "platform-link"]
['facebook', 'x']
"""

from __future__ import annotations

from sigtrim.config import CallToAction, Config, Rules, find_config, load_config
from sigtrim.errors import ConfigError, SigtrimError, SourceError, VerificationError
from sigtrim.parse.source import Source, Span
from sigtrim.rewrite.edits import Edit
from sigtrim.rewriter import Kept, Removal, Rewrite, Rewriter, rewrite

__all__ = [
    "CallToAction",
    "Config",
    "ConfigError",
    "Edit",
    "Kept",
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
