"""What is written back to trackers: the words a work item carries of the key results it serves.

Here are the words, and notes in wiki text; ``notes_markdown`` makes those in Markdown.

All of it is rounded as it is shown and holds no instants, so that only a changed text is sent. The
page of the item that a note leads to is no part of that: an address alone has nothing sent anew.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connector.errors import Refused
from connector.report import Health, KeyResultReport, LinkReport

KINDS = ("epic", "issues", "milestone", "comment", "comments", "check", "property")
"""All kinds of notes there are, in their order; which of them a tracker has it declares."""
HEALTH: Mapping[Health, str] = {
    "on_track": "on track",
    "at_risk": "at risk",
    "off_track": "off track",
    "done": "done",
    "not_started": "not started",
    "unknown": "unknown",
}
WHY = "Why am I doing this?"
"""What leads from a work item to its page here."""
LIMITS = frozenset({"at_least", "at_most", "between"})
LONGEST_TITLE = 200
_LARGEST_PROPERTY = 30_000
_MARKUP = re.compile(r"""(?<![^\W_])-|-(?![^\W_])|[!"#$&()*+:;<=>?@\[\\\]^_`{|}~]""")
"""All that wiki markup is made of; a hyphen within a word is none."""
_UNSEEN = ("Cc", "Cf")
"""The Unicode categories of what is not seen but acts: controls, also of the direction of text."""
_LINES = re.compile(r"\s+")
_PROGRAM_WORD = re.compile(r"(?:^|(?<=dropped: ))[a-z]+(?:_[a-z]+)+(?=\)?$)")
"""Why a tracker closed something, as its programs write it: alone, or in a reason."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who tells: our public URL, what names this installation's connection for ever, the
    organisation's zone, and the trackers' names by their keys."""

    public_url: str
    uid: str
    zone: ZoneInfo
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A key result as notes tell it; ``words`` come after its key: ``62 %, on track``."""

    cycle: str
    key: str
    title: str
    words: str
    url: str
    health: Health
    percent: int | None
    score: float | None

    @property
    def subject(self) -> str:
        """What names it beyond its cycle."""
        return subject(self.cycle, self.key)


def kinds(names: Iterable[str], offered: Collection[str] = KINDS, label: str = "") -> list[str]:
    """These kinds, each once and in their order; raises ``Refused`` for one there is not, or that
    the tracker of that label does not offer."""
    found = set(names)
    unknown = sorted(found.difference(offered))
    if unknown and label and not offered:
        raise Refused(f"write_back: Worklift writes nothing back to {label}; leave it out")
    if unknown:
        where = f"{label} has" if label and unknown[0] in KINDS else "there is"
        told = ", ".join(each for each in KINDS if each in offered)
        raise Refused(f"write_back: {where} no kind {unknown[0]!r}; there are: {told}")
    return [name for name in KINDS if name in found]


def subject(cycle: str, key: str) -> str:
    """What names a key result beyond its cycle."""
    return f"{cycle}/{key}"


def told(report: KeyResultReport, cycle: str, team: str, teller: Teller) -> Told:
    """A key result in the words of now."""
    known = report.health != "unknown"
    path = "/".join(quote(each, safe="") for each in (cycle, team, report.key))
    return Told(
        cycle=cycle,
        key=report.key,
        title=one_line(report.title),
        words=", ".join(_words(report, teller)),
        url=f"{teller.public_url}/{path}",
        health=report.health,
        percent=round(report.progress * 100) if known and report.progress is not None else None,
        score=round(report.score, 2) if known and report.score is not None else None,
    )


def global_id(uid: str, name: str) -> str:
    """An author's remote link of a key result, the same for ever: at most 255 characters."""
    return f"worklift={uid}&key_result={name}"


def author(installation: str, connection: str) -> str:
    """What names an installation's connection beyond it: two write beside each other."""
    return hashlib.sha256(f"{installation}/{connection}".encode()).hexdigest()[:32]


def marker(uid: str) -> str:
    """Finds an author's comment among all others, whatever our address is by then."""
    return f"worklift-{uid}"


def reply_marker(uid: str, subject: str) -> str:
    """Finds an author's answer to one comment."""
    return f"{marker(uid)}-reply-{subject}"


def property_key(uid: str) -> str:
    """The key of an author's issue property."""
    return f"worklift.{uid[:8]}"


def remote_link(each: Told, teller: Teller) -> Body:
    """What a remote link shows, and whose it is: another author's is another link."""
    return {
        "title": f"Key result {each.key}: {each.words}",
        "summary": each.title,
        "url": each.url,
        "icon": f"{teller.public_url}/static/mark.svg",
        "resolved": each.health == "done",
        "author": teller.uid,
    }


def comment(several: Sequence[Told], teller: Teller) -> Body:
    """The text of our one comment, in wiki text; what people wrote is told as they wrote it."""
    served = "this key result" if len(several) == 1 else "these key results"
    lines = [f"This work serves {served}:"]
    for each in several:
        name = f"{_escaped(each.key)}: {_escaped(each.title)}"
        lines.append(f"* [{name}|{each.url}]: {_escaped(each.words)}")
    ours = f"{teller.public_url}/#{marker(teller.uid)}"
    lines += ["", f"[Worklift|{ours}] keeps this comment up to date."]
    return {"text": "\n".join(lines)}


def remote_link_at(body: Body, item: str) -> Body:
    """A remote link that leads to the page of the item which carries it."""
    return {**body, "url": item}


def comment_at(body: Body, item: str) -> Body:
    """A comment that also leads to the page of the item which carries it."""
    words, blank, ours = body["text"].rpartition("\n\n")
    return {**body, "text": f"{words}\n\n[{_escaped(WHY)}|{item}]{blank}{ours}"}


def property_value(several: Sequence[Told]) -> Body:
    """The issue property: every key result the issue serves, for programs."""
    told = [_machine(each) for each in several]
    while len(json.dumps(told)) > _LARGEST_PROPERTY:
        told.pop()
    left_out = len(several) - len(told)
    return {"key_results": told} | ({"left_out": left_out} if left_out else {})


def digest(body: Body | None) -> str:
    """Equal for equal bodies; empty for none, which is to be taken away."""
    if body is None:
        return ""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _machine(each: Told) -> Body:
    return {
        "key_result": each.key,
        "cycle": each.cycle,
        "title": each.title,
        "percent": each.percent,
        "score": each.score,
        "health": each.health,
        "url": each.url,
    }


def _words(report: KeyResultReport, teller: Teller) -> list[str]:
    """What is known, else that nothing is: silence is never green."""
    if report.health == "unknown":
        return ["unknown", *_silence(report.links, teller)]
    said = [_amount(report), HEALTH[report.health]]
    if report.override is not None:
        said.append("set by a person")
    elif report.partial:
        said.append("known in part")
    return list(dict.fromkeys(each for each in said if each))


def _silence(links: Iterable[LinkReport], teller: Teller) -> list[str]:
    """Since which day a tracker said nothing, where that is why."""
    old = [(link.as_of, link.tracker) for link in links if link.stale and link.as_of is not None]
    if not old:
        return []
    since, tracker = min(old)
    day = since.astimezone(teller.zone)
    return [f"no word from {teller.labels.get(tracker, tracker)} since {day.day} {day:%b}"]


def _amount(report: KeyResultReport) -> str:
    """How far it is; of a limit, whether it holds. All and nothing only where it is exactly so."""
    if report.kind in LIMITS:
        return {"on_track": "holds", "off_track": "does not hold"}.get(report.health, "")
    if report.progress is None:
        return ""
    whole = round(report.progress * 100)
    if whole == 100 and report.progress < 1:
        return "over 99 %"
    if whole == 0 and report.progress > 0:
        return "under 1 %"
    return f"{whole} %"


def one_line(text: str) -> str:
    """A text on one line, without signs that nobody sees, and not too long."""
    spaced = _LINES.sub(" ", text)
    seen = (each for each in spaced if unicodedata.category(each) not in _UNSEEN)
    line = _LINES.sub(" ", "".join(seen)).strip()
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def plain(reason: str) -> str:
    """A reason as people read it: ``not_planned``, as a tracker's programs say it, is two words."""
    return _PROGRAM_WORD.sub(lambda found: found[0].replace("_", " "), reason)


def _escaped(text: str) -> str:
    """Text that wiki markup leaves alone: no mention, no macro, no formatting."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)
