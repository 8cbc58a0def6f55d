"""Phrases of all languages: what is a header of a link list, what is asked in a sentence, and what only looks so."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.detect.phrase_table import WordKind
from sigtrim.detect.phrases import FOLLOW_KINDS, PhraseKind, find_phrases, follow_phrases, is_list_label

DATA = files("sigtrim") / "data"


@pytest.mark.parametrize(
    "text",
    [
        "Contact",
        "Links",
        "My links",
        "Website",
        "Website:",
        "Merch",
        "Newsletter",
        "Subscribe to our newsletter",
        "Instagram",
        "Email & phone",
        "Follow the recipe",
        "Follow instructions below",
        "Follow these steps:",
        "Two gardeners follow a path to find the well.",
        "Social media manager: Ada",
        "Social Media: Ada Byron",
        "Head of Social Media",
        "Social Science",
        "Director, Social Impact",
        "Neue Folge: Der Garten",
        "Folge 12",
        "Partage",
        "公式サイト",
        "공식 홈페이지",
        "Find a dealer",
        "Join our webinar",
        "",
        "...",
        "-----",
    ],
)
def test_no_header(text: str) -> None:
    assert not is_list_label(text)


@pytest.mark.parametrize(
    "text",
    [
        "Follow us",
        "FOLLOW US:",
        "➖ Follow me ➖",
        "★ 𝐅𝐨𝐥𝐥𝐨𝐰 𝐦𝐞 ★",
        "Follow Acme on social media",
        "Follow Ada:",
        "Follow the Acme family:",
        "Follow us on Facebook & Instagram:",
        "Connect with me on",
        "Connect with Ada Byron Online",
        "Social media",
        "My Socials:",
        "ACME ON SOCIAL:",
        "Stay connected",
        "Find us on",
        "You can also find me here:",
        "Síguenos en",
        "Redes sociales",
        "Minhas redes sociais:",
        "Siga-nos",
        "Suivez-nous sur",
        "Mes réseaux",
        "Vous pouvez me retrouver ici :",
        "Folgt mir auch auf:",
        "Seguici su",
        "Volg ons op",
        "Znajdziesz mnie na:",
        "Мы в соцсетях",
        "Ми у соцмережах:",
        "takip edin:",
        "تابعونا على",
        "हमें फॉलो करें",
        "フォローしてね",
        "【各SNS】",
        "공식 SNS",
        "社交媒体：",
        "ติดตามเราได้ที่",
        "Theo dõi chúng tôi tại:",
        "Ikuti kami di",
        "Urmăriți-ne pe",
        "Sledujte nás na",
        "Följ oss på",
        "Ακολουθήστε μας στο",
        "עקבו אחרינו",
        "ما را دنبال کنید",
    ],
)
def test_header(text: str) -> None:
    assert is_list_label(text)


@pytest.mark.parametrize(
    "text",
    [
        "#follow #subscribe #구독 @follow",
        "In Folge 3 folgt der zweite Teil",
        "Er folgt dem Weg zum See.",
        "Le partage des tâches, et la suite à suivre demain",
        "Subscribers : 12,000",
        "He would follow. Me? Never.",
        "un abonné fidèle",
    ],
)
def test_no_phrase(text: str) -> None:
    assert not [hit for hit in follow_phrases(text) if hit.kind in ("follow", "subscribe", "like", "bell")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Don't forget to subscribe!", "subscribe"),
        ("S\u200bubscribe now", "subscribe"),
        ("ＳＵＢＳＣＲＩＢＥ", "subscribe"),
        ("suscribete a mi canal", "subscribe"),
        ("N'OUBLIEZ PAS DE VOUS ABONNER", "subscribe"),
        ("チャンネル登録お願いします", "subscribe"),
        ("구독과 좋아요", "subscribe"),
        ("Подпишись на канал", "subscribe"),
        ("لا تنسوا الاشتراك في القناة", "subscribe"),
        ("smash that like button", "like"),
        ("activa la campanita", "bell"),
        ("link in bio", "bio"),
        ("Link na bio", "bio"),
        ("Tag a friend who needs this", "bait_tag"),
        ("LIKE this if you love tea", "bait_react"),
        ("share with ten of your friends to win", "bait_share"),
        ("Comment YES", "bait_comment"),
        ("Vote with a like", "bait_vote"),
    ],
)
def test_phrase(text: str, kind: str) -> None:
    hits = [hit for hit in follow_phrases(text) if hit.kind == kind]
    assert hits
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)


def test_offsets_are_those_of_the_original() -> None:
    text = "≫ ﬁnd ｍｅ on: e\u0301abc"
    hit = next(hit for hit in find_phrases(text) if hit.kind == "follow")
    assert text[hit.start : hit.end] == "ﬁnd ｍｅ on"


@given(st.text(max_size=80))
def test_hits_lie_in_the_text(text: str) -> None:
    for hit in find_phrases(text):
        assert 0 <= hit.start < hit.end <= len(text)
    assert {hit.kind for hit in follow_phrases(text)} <= FOLLOW_KINDS


def test_data_is_sound() -> None:
    import tomllib

    tables = tomllib.loads((DATA / "phrases.toml").read_text(encoding="utf-8"))
    known = {*get_args(PhraseKind), *get_args(WordKind)}
    assert len(tables) >= 20
    for language, table in tables.items():
        assert len(language) == 2
        assert set(table) <= known
    complete = {
        language for language, table in tables.items() if {"follow", "subscribe", "channel", "own"} <= set(table)
    }
    assert {"en", "es", "pt", "fr", "de", "it", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "ja", "ko", "zh"} <= complete
