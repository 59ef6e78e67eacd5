"""Webhooks on their way: lost, late, doubled, out of order, forged and replayed."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sync import inbox
from sync.inbox import Receipt
from sync.runtime import Runtime
from tests.faults.edits import Letter, Subject

IDENTIFIERS = {"jira": "X-Atlassian-Webhook-Identifier", "github": "X-GitHub-Delivery"}
SIGNATURES = {"jira": "X-Hub-Signature", "github": "X-Hub-Signature-256"}
FORGED = ("", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "sha256=\xe9", "garbage")


@dataclass
class Mail:
    """Hands letters over as the web server would; ``acked`` is the last acknowledged edit of each
    item, ``lied`` what it answered wrongly."""

    chance: random.Random
    runtime: Callable[[], Runtime]
    headers: dict[str, Callable[..., dict[str, str]]]
    waiting: list[Letter] = field(default_factory=list)
    handed: list[Letter] = field(default_factory=list)
    acked: dict[Subject, int] = field(default_factory=dict)
    lied: list[str] = field(default_factory=list)
    shared: dict[tuple[str, str], Letter] = field(default_factory=dict)
    """Which letter of a tracker bears an identifier of the other's: never two of one tracker."""
    lost: int = 0
    busy: bool = False
    """Whether a delivery is being received."""

    def take(self, letters: list[Letter]) -> None:
        """What trackers just sent; some of it is lost on its way."""
        for each in letters:
            if self.chance.random() < 0.12:
                self.lost += 1
            else:
                self.waiting.append(each)
        letters.clear()

    def next(self) -> Letter | None:
        """Any letter on its way; it may arrive once more later."""
        if not self.waiting:
            return None
        letter = self.waiting.pop(self.chance.randrange(len(self.waiting)))
        if self.chance.random() < 0.15:
            self.waiting.append(letter)
        return letter

    def hand(self, letter: Letter) -> None:
        """Deliver; only what is acknowledged must be reflected. A Jira sends again what was not."""
        headers = self._headers(letter)
        others = [each for each in self.handed if each.tracker != letter.tracker]
        if others and self.chance.random() < 0.7:
            # Two trackers may choose one and the same identifier: they know nothing of each other.
            chosen = self.chance.choice(others).delivery.identifier
            if self.shared.setdefault((letter.tracker, chosen), letter) == letter:
                headers[IDENTIFIERS[letter.tracker]] = chosen
        if letter.tracker == "jira":
            self.waiting.append(letter)
        receipt = self._received(letter, headers, letter.delivery.body)
        if letter.tracker == "jira" and receipt.status != 503 and letter in self.waiting:
            self.waiting.remove(letter)
        if receipt.status == 503:
            return  # the database was lost: a Jira sends it again, a GitHub does not
        if receipt.status != 202:
            self.lied.append(f"a delivery was answered with {receipt.status}: {receipt.sentence}")
            return
        self.handed.append(letter)
        self.acked[letter.subject] = max(letter.edit, self.acked.get(letter.subject, 0))

    def forge(self, letter: Letter) -> None:
        """Deliver with a signature that is none, or for another body."""
        headers, body = self._headers(letter), letter.delivery.body
        if self.chance.random() < 0.3:
            body = body.replace(b'"', b' "', 1)
        else:
            headers[SIGNATURES[letter.tracker]] = self.chance.choice(FORGED)
        receipt = self._received(letter, headers, body)
        if receipt.status not in (401, 503):
            self.lied.append(f"a forged delivery was answered with {receipt.status}")

    def replay(self, letter: Letter) -> None:
        """Deliver an old one under a new identifier, as whoever overheard it can."""
        headers = self._headers(letter)
        headers[IDENTIFIERS[letter.tracker]] = str(uuid.UUID(int=self.chance.getrandbits(128)))
        self._received(letter, headers, letter.delivery.body)

    def _headers(self, letter: Letter) -> dict[str, str]:
        return dict(self.headers[letter.tracker](letter.delivery))

    def _received(self, letter: Letter, headers: dict[str, str], body: bytes) -> Receipt:
        self.busy = True
        try:
            return inbox.receive(self.runtime(), letter.tracker, headers, body)
        finally:
            self.busy = False
