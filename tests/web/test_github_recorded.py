"""Deliveries of the real GitHub, recorded elsewhere, by the HTTP door: what each of them means."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from integrations.kit.signature import sign
from integrations.simulators import start_github
from sync import runtime
from sync.queue import SilentDoorbell
from tests import world as service
from tests.databases import lay_out
from tests.web.test_hook_recorded import bent
from tests.world import World
from web.app import create_app

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "data" / "webhooks" / "github"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="recorded deliveries are not beside this repository"
)
BODIES = sorted(path.name for path in RECORDED.glob("*.json"))
NAMING = ("issues", "issue_comment", "pull_request")
LISTS = ("milestone", "label", "repository")
HERE = "codertocat/hello-world"


class Door:
    """The door of a connection that reads the repository of most recorded bodies."""

    def __init__(self, world: World, client: FlaskClient) -> None:
        self.world, self.client = world, client

    def post(self, event: str, raw: bytes, *, secret: str | None = None, form: bool = False) -> int:
        headers = {
            "X-GitHub-Event": event, "X-GitHub-Delivery": str(uuid4()),
            "X-Hub-Signature-256": sign(raw, secret or self.world.secrets["github"]),
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
        }  # fmt: skip
        return self.client.post("/hooks/github", data=raw, headers=headers).status_code

    def marks(self) -> tuple[int, int]:
        """(dirty_seq, lists_seq) of the source."""
        (row,) = self.world.rows("source")
        return row.dirty_seq, row.lists_seq


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder, clock = tmp_path_factory.mktemp("door"), service.Clock()
    lay_out(folder)
    made = runtime.build(service.settings(folder), doorbell=SilentDoorbell(), clock=clock)
    with start_github() as github:
        github.site.add_repo("Codertocat/Hello-World")
        world = World(made, clock, {"github": github})
        world.connect("github")
        world.apply(service.key_result("KR-1", service.link(f"github:repo:{HERE}")))
        yield Door(world, create_app(made).test_client())
    made.store.close()


def test_there_are_bodies_of_every_kind() -> None:
    kinds = {name.partition("__")[0] for name in BODIES}
    assert kinds >= {*NAMING, *LISTS, "ping", "installation", "projects_v2_item"}


@pytest.mark.parametrize("name", BODIES)
def test_recorded_bodies_mean_an_issue_lists_or_nothing(door: Door, name: str) -> None:
    raw, event = (RECORDED / name).read_bytes(), name.partition("__")[0]
    told = json.loads(raw)
    here = (told.get("repository") or {}).get("full_name", "").lower() == HERE
    (dirty, lists), hints = door.marks(), len(door.world.rows("hint"))
    assert door.post(event, raw) == 202
    after = door.marks()
    assert after[0] == dirty + (here and event in (*NAMING, *LISTS))
    leaves = event == "issues" and told["action"] in ("demilestoned", "unlabeled")
    assert (after[1] > lists) == (here and (event in LISTS or leaves))
    if event in NAMING and here:
        number = (told.get("issue") or told["pull_request"])["number"]
        keys = {row.key for row in door.world.rows("hint") if row.seq == after[0]}
        assert keys == {f"{HERE}#{number}"}
    else:
        assert len(door.world.rows("hint")) == hints
    assert door.post(event, raw, secret="another") == 401


def test_no_change_of_a_recorded_body_breaks_the_door(door: Door) -> None:
    found, seen = random.Random(11), set[int]()
    for name in BODIES[::3]:
        whole: Any = json.loads((RECORDED / name).read_bytes())
        event = name.partition("__")[0]
        for _ in range(15):
            raw = json.dumps(bent(whole, found)).encode()
            seen.add(door.post(event, raw, form=found.random() < 0.1))
    assert seen <= {202, 422}
