"""The facts of the registry: sorted, unambiguous, and every platform with examples."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sigtrim.data import FOLDER, load
from sigtrim.detect.platform_names import compact, label_key
from sigtrim.detect.platforms import Platform, registry
from sigtrim.detect.registry_data import CATEGORIES, LIST_KEYS, check_platform
from sigtrim.errors import ConfigError

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return read_toml()


def read_toml() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "platforms.toml").read_text("utf-8"))


def rows(name: str) -> list[tuple[str, str, str]]:
    lines = (FIXTURES / name).read_text("utf-8").splitlines()
    return [
        (fields[0], fields[1], fields[2])
        for line in lines
        if (fields := line.split("  "))[2:] and not line.startswith("# ")
    ]


def test_platforms_and_their_lists_are_sorted_and_without_repeats(data: dict[str, Any]) -> None:
    ids = [platform["id"] for platform in data["platform"]]
    assert ids == sorted(set(ids))
    for platform in data["platform"]:
        for key in LIST_KEYS:
            values = platform.get(key, [])
            assert values == sorted(set(values)), (platform["id"], key)
    for table in ("kept", "shorteners", "words", "paths"):
        for key, values in data[table].items():
            assert len(values) == len(set(values)), (table, key)
            if key != "icon_affixes":
                assert values == sorted(values), (table, key)


def test_no_name_belongs_to_two_platforms(data: dict[str, Any]) -> None:
    for key in (
        "hosts",
        "schemes",
        "labels",
        "labels_whole",
        "labels_weak",
        "icons",
        "icons_weak",
        "icon_classes",
        "any_suffix",
    ):
        owners: dict[str, str] = {}
        for platform in data["platform"]:
            for value in platform.get(key, []):
                name = (
                    label_key(value)
                    if key.startswith("labels")
                    else compact(value)
                    if key.startswith("icons")
                    else value
                )
                assert owners.setdefault(name, platform["id"]) == platform["id"], (key, value)


def test_a_label_has_one_strength(data: dict[str, Any]) -> None:
    for platform in data["platform"]:
        strengths = [
            {label_key(label) for label in platform.get(key, [])} for key in ("labels", "labels_whole", "labels_weak")
        ]
        assert not strengths[0] & strengths[1], platform["id"]
        assert not (strengths[0] | strengths[1]) & strengths[2], platform["id"]


def test_hosts_are_platforms_or_kept_or_short_links(data: dict[str, Any]) -> None:
    hosts = {host for platform in data["platform"] if not platform.get("strict") for host in platform["hosts"]}
    kept = {host for values in data["kept"].values() for host in values}
    short = {host for values in data["shorteners"].values() for host in values}
    assert not hosts & kept
    assert not hosts & short
    assert not kept & short
    assert sum(map(len, data["kept"].values())) == len(kept)


# Names that are ordinary words in some language: alone in a text they mean themselves.
ORDINARY = (FIXTURES / "ordinary_words.txt").read_text("utf-8").split()


def test_ordinary_words_are_no_strong_labels(data: dict[str, Any]) -> None:
    strong = {label_key(label) for platform in data["platform"] for label in platform.get("labels", [])}
    assert not strong.intersection(ORDINARY)
    assert not any(label.isascii() and len(label) < 3 for label in strong)


def test_pages_that_are_called_so_anywhere_are_no_labels_at_all(data: dict[str, Any]) -> None:
    names = {
        compact(label)
        for p in data["platform"]
        for key in LIST_KEYS
        if key.startswith(("label", "icon"))
        for label in p.get(key, [])
    }
    assert not names.intersection(
        ["aboutme", "about", "contact", "website", "web", "site", "home", "mail", "email", "phone", "blog", "rss"]
    )


def test_every_platform_has_a_positive_example(data: dict[str, Any]) -> None:
    shown = {platform for _, platform, _ in rows("platform_links.txt")}
    assert shown == {platform["id"] for platform in data["platform"]}


def test_categories_are_a_closed_list(data: dict[str, Any]) -> None:
    assert {platform["category"] for platform in data["platform"]} <= set(CATEGORIES)
    assert set(registry().categories) <= set(CATEGORIES)


def test_the_schema_knows_every_key() -> None:
    schema = json.loads((FOLDER / "platforms.schema.json").read_text("utf-8"))
    platform = schema["$defs"]["platform"]
    fields = set(Platform._fields)
    assert set(platform["properties"]) == fields
    assert platform["additionalProperties"] is False
    assert set(platform["required"]) == {"id", "name", "category", "hosts"}
    assert platform["properties"]["category"]["enum"] == list(CATEGORIES)
    data = read_toml()
    assert set(schema["properties"]) == set(data)
    for name in ("kept", "shorteners", "words", "paths"):
        assert set(schema["properties"][name]["properties"]) == set(data[name])
    for entry in data["platform"]:
        assert set(platform["required"]) <= set(entry) <= fields


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "Acme"}, "id 'Acme'"),
        ({"name": " "}, "acme: name"),
        ({"category": "fun"}, "acme: category must be one of"),
        ({"colour": "red"}, "acme: colour is not a known key"),
        ({"hosts": "acme.example"}, "acme: hosts must be a list"),
        ({"hosts": ["ACME.example"]}, "acme: hosts has 'ACME.example'"),
        ({"hosts": ["https://acme.example"]}, "acme: hosts has"),
        ({"profile": ["{h}"]}, "acme: profile has '{h}'"),
        ({"content": ["/{v}"]}, "acme: content has '/{v}'"),
        ({"labels": ["***"]}, "acme: labels has"),
        ({"labels": ["a|b"]}, "must not hold"),
        ({"handle": "("}, "acme: handle is no regular expression"),
        ({"strict": "yes"}, "acme: strict"),
        ({"host_kind": {"other.example": "short"}}, "acme: host_kind has 'other.example'"),
    ],
)
def test_a_bad_fact_is_named(change: dict[str, Any], words: str) -> None:
    facts = {"id": "acme", "name": "Acme", "category": "social", "hosts": ["acme.example"]}
    check_platform(facts)
    with pytest.raises(ConfigError) as caught:
        check_platform({**facts, **change})
    assert words in str(caught.value)


def test_loading_reads_what_was_written() -> None:
    assert len(load("platforms")["platforms"]) == len(registry()) > 350
