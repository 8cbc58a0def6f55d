"""Tell what a row of links stands among: profiles, projects, tools, one song on many services, the parts of a show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.detect.caption_credits import names_service
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.caption_names import Label
    from sigtrim.detect.caption_rows import Row
    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry

__all__ = ["CREDITS", "LABEL_WORDS", "Block"]

CREDITS = 40
"""So many rows of a block are looked at above a link for their header."""

LABEL_WORDS = 24
"""A text of more words is no label."""

# Where shows are heard and no songs: the row of one tells what the rows beside it offer.
_PODCASTS = frozenset([
    "acast", "anchor", "apple_podcasts", "audioboom", "castbox", "castro", "google_podcasts", "ivoox", "overcast",
    "pocket_casts", "podbean", "podcast_addict", "podchaser", "spreaker", "stitcher",
])  # fmt: skip
_EPISODE = lazy(r"\b(?:episode|episodio|episódio|épisode|folge|afl|odcinek|выпуск)", re.IGNORECASE)
_BLOCK = 12
_SERVICES = 2  # so many rows of music services and more, of one folder, offer one release


class Block:
    """The rows around a row of links."""

    def __init__(self, row: Row, rows: Sequence[Row], known: Registry) -> None:
        self.row = row
        self.rows = rows
        self.known = known

    def among_projects(self, link: RowLink) -> bool:
        """Tell whether the row is one of a list of projects: "The Algorithms: ..." beside links to repositories."""
        if not self.row.words or self.row.labels or self.row.has("follow", "subscribe", "network"):
            return False
        return any(
            one.what == "content" and one.platform == link.platform for near in self._beside() for one in near.links
        )

    def among_tools(self) -> bool:
        """Tell whether the row names a service, not a place on it, beside a row that does so: "Acme: acme.example"."""
        return names_service(self.row) and any(
            names_service(near) for near in self._beside() if all(link.what != "platform" for link in near.links)
        )

    def stands_below_channels(self) -> bool:
        """Tell whether the links of this block stand below "OUR CHANNELS" or "Acme on YouTube:"."""
        above = range(self.row.index - 1, max(self.row.index - CREDITS, -1), -1)
        headers = (self.rows[index] for index in above if not self.rows[index].links)
        header = next((row for row in headers if not row.blank and not row.ruler), None)
        return header is not None and header.heads_channels()

    def is_audio(self, platform: str | None) -> bool:
        """Tell whether a platform is one of music and podcasts."""
        return platform is not None and platform != "" and self.known.category(platform) == "audio"

    def among_streams(self, link: RowLink) -> bool:
        """Tell whether the row stands in a block that offers one song or album on several services."""
        folder, others = link.url.rpartition("/")[0], 0
        services = alike = 0
        for step in (-1, 1):
            for distance in range(1, _BLOCK):
                index = self.row.index + step * distance
                if not 0 <= index < len(self.rows) or not self.rows[index].links:
                    break
                near = self.rows[index]
                if near.links[0].what == "platform" or not near.labels:
                    return False
                category = self.known.category(near.labels[-1].platform)
                services += category == "audio"
                others += category not in ("audio", "video")
                alike += category == "audio" and near.links[0].url.rpartition("/")[0] == folder
        if self._is_video(self.row.labels[-1:]) and not others:
            return services > 1
        return alike > _SERVICES and others < 2

    def _is_video(self, labels: Sequence[Label]) -> bool:
        return any(self.known.category(label.platform) == "video" for label in labels)

    def in_company(self, *, gap: bool = False) -> bool:
        """Tell whether a neighbour links to a platform, by its address or by a name that is none of everyday words.

        With `gap` a neighbour may stand behind a blank row.
        """
        for step in (-1, 1):
            index = self.row.index + step
            if gap and 0 <= index < len(self.rows) and self.rows[index].blank:
                index += step
            if 0 <= index < len(self.rows) and self.rows[index].links:
                near = self.rows[index]
                if any(one.what == "platform" or one.goes for one in near.links):
                    return True
                if any(not label.weak and not self.is_audio(label.platform) for label in near.labels):
                    return True
        return False

    def among_things(self) -> bool:
        """Tell whether the rows with links beside the row name neither a platform nor a place of one's own."""
        linked = [near for near in self._beside() if near.links]
        return bool(linked) and all(
            one.worded and not one.labels and not one.may_ask() and one.links[0].what != "platform" for one in linked
        )

    def in_list(self) -> bool:
        """Tell whether the row stands beside rows that link to profiles of another kind than music."""
        for near in self._beside():
            if any(one.what == "platform" and not self.is_audio(one.platform) for one in near.links):
                return True
            if near.index < self.row.index and not near.links and near.has("follow", "network"):
                return True
        return self.follows_profiles()

    def offers_show(self) -> bool:
        """Tell whether the row stands in a block that offers a podcast, not one episode of it, in several places."""
        podcasts = services = 0
        for step in (-1, 1):
            for distance in range(0 if step < 0 else 1, _BLOCK):
                index = self.row.index + step * distance
                near = self.rows[index] if 0 <= index < len(self.rows) else None
                if near is None or not near.links:
                    if step < 0 and near is not None and _EPISODE.search(near.text):
                        return False
                    break
                platform = near.labels[-1].platform if near.labels else None
                podcasts += platform in _PODCASTS
                services += self.is_audio(platform)
        return podcasts > 0 and services > 1

    def follows_profiles(self) -> bool:
        """Tell whether profiles stand in the rows above, and a header that asks to follow above them."""
        going = False
        for index in range(self.row.index - 1, max(self.row.index - _BLOCK, -1), -1):
            near = self.rows[index]
            if not near.links and near.labels and not near.has("follow", "network", "opener"):
                continue  # a name without an address: "Snapchat: acme"
            if not near.links:
                return going and near.has("follow", "network", "opener")
            going = going or any(one.goes and not self.is_audio(one.platform) for one in near.links)
        return False

    def text_above(self) -> Row | None:
        """Return the row above that may be the label of a link that stands alone, if it is text without links."""
        for index in range(self.row.index - 1, max(self.row.index - 3, -1), -1):
            near = self.rows[index]
            if not near.blank:
                return near if not near.links and 0 < len(near.words) <= LABEL_WORDS else None
        return None

    def _beside(self) -> list[Row]:
        """Return the row above and the row below."""
        index = self.row.index
        return [*self.rows[max(index - 1, 0) : index], *self.rows[index + 1 : index + 2]]
