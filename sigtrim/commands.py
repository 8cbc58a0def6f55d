"""The sub-commands of the command line that do something else than rewriting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sigtrim.config import CONFIG_NAME, Config, find_config, load_config
from sigtrim.errors import ConfigError
from sigtrim.options import FILE
from sigtrim.report import printable

if TYPE_CHECKING:
    from sigtrim.detect.platforms import Platform, Registry

__all__ = ["init", "platforms"]


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), default=Path())
@click.help_option("-h", "--help")
def init(folder: Path) -> int:
    """Write a sigtrim.toml with all settings, as comments, into FOLDER or here; one that is there is never touched."""
    from importlib.resources import files  # noqa: PLC0415 - start-up time

    path = folder / CONFIG_NAME
    text = (files("sigtrim.data") / "template.toml").read_bytes()
    try:
        with path.open("xb") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigError(f"{path}: is there already and stays as it is") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    click.echo(f"sigtrim: {printable(str(path))}: written; what it says counts from here on down", err=True)
    return 0


@click.command()
@click.argument("query", required=False)
@click.option("--match", "url", metavar="URL", help="Say what a URL is, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line a platform.")
@click.option("--config", type=FILE, metavar="FILE", help="Use this file, look for no other.")
@click.help_option("-h", "--help")
def platforms(query: str | None, url: str | None, *, as_json: bool, config: Path | None) -> int:
    """List the platforms that are known, those of the configuration too, or those that QUERY names.

    QUERY is a part of an id, a name, a host or a category.
    """
    if url is not None and (query is not None or as_json):
        raise click.UsageError("--match and QUERY or --json exclude each other")
    path = config or find_config(Path())
    known = _registry(Config() if path is None else load_config(path))
    if url is not None:
        click.echo(_match(url, known))
        return 0
    found = [one for one in known if query is None or _is_meant(one, query.casefold())]
    if not found:
        click.echo(f"sigtrim: no platform is called {printable(query or '')}", err=True)
        return 1
    click.echo("\n".join(_json_lines(found) if as_json else _table(found)))
    return 0


def _registry(config: Config) -> Registry:
    from sigtrim.detect.rules import registry_for  # noqa: PLC0415 - start-up time

    try:
        return registry_for(config.rules)
    except ConfigError as error:
        raise ConfigError(f"{config.path}: {error}") from error


def _is_meant(platform: Platform, query: str) -> bool:
    names = (platform.id, platform.name.casefold(), platform.category, *platform.hosts)
    return any(query in name for name in names)


def _table(found: list[Platform]) -> list[str]:
    rows = [("ID", "NAME", "CATEGORY", "HOSTS")]
    rows += [(one.id, one.name, one.category, " ".join(one.hosts)) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip()
        for row in rows
    ]


def _json_lines(found: list[Platform]) -> list[str]:
    import json  # noqa: PLC0415 - start-up time

    return [
        json.dumps(
            {
                "id": one.id,
                "name": one.name,
                "category": one.category,
                "hosts": list(one.hosts),
                "labels": list(one.labels),
                "icons": list(one.icons),
            }
        )
        for one in found
    ]


def _match(url: str, known: Registry) -> str:
    """Say what a URL is to sigtrim, in one line."""
    from sigtrim.detect.wrappers import unwrap  # noqa: PLC0415 - start-up time

    unwrapped = unwrap(url)
    wrappers = f", unwrapped from {', '.join(unwrapped.wrappers)}" if unwrapped.wrappers else ""
    found = known.match_url(unwrapped.url)
    if found is None and unwrapped.opaque and unwrapped.host:
        found = known.match_url(unwrapped.host)
    if found is not None and found.role != "short":
        return printable(f"{found.platform}  {found.role}  {found.why}{wrappers}")
    kept = known.kept_category(unwrapped.url)
    if kept is not None:
        return printable(f"-  kept  {kept}{wrappers}")
    if found is not None or unwrapped.opaque or known.is_shortener(unwrapped.url):
        return printable(f"-  short link  its label or icon decides{wrappers}")
    path = known.match_path(unwrapped.url)
    if path is not None:
        return printable(f"{path}  profile  named by the path, if the link is an icon{wrappers}")
    return printable(f"-  no platform{wrappers}")
