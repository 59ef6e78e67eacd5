"""Commands typed beside a running embedded server are carried out by it."""

import json
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.conftest import ROOT, WORKLIFT, Server, Typed
from tests.servers import PATIENCE, free_port, wait_for
from tests.world import key_result, link

Serve = Callable[..., Server]


def value(typed: Typed, key: str = "KR-1") -> float | None:
    done = typed("score", "--json")
    found = json.loads(done.stdout)["teams"][1]["objectives"][0]["key_results"]
    return {each["key"]: each["value"] for each in found}[key]  # type: ignore[no-any-return]


def test_the_server_carries_out_what_is_typed_beside_it(typed: Typed, serve: Serve) -> None:
    for number in range(4):
        typed.jira.site.add_issue("PLAT", f"Item {number}")
    server = serve(WORKLIFT_POLL_INTERVAL="2s")
    said = typed.connect().stdout
    secret = next(line.split()[-1] for line in said.splitlines() if "secret:" in line)
    typed.jira.site.add_hook(f"http://127.0.0.1:{server.port}/hooks/jira", secret)
    applied = typed.json("apply", typed.plan(key_result("KR-1", link("jira:project:PLAT"))))
    assert "KR-1" in applied["created"]
    assert [each["error"] for each in typed.json("sync")["connections"]] == [None]
    assert value(typed) == 0

    typed.jira.site.transition("PLAT-1", "Done")
    wait_for(lambda: value(typed) == 25, "the webhook")
    # The simulator notes the answer a moment after the server gave it.
    wait_for(lambda: typed.jira.site.deliveries[-1].status == 202, "the answer to the webhook")
    typed.jira.faults.add("drop_webhooks")
    typed.jira.site.transition("PLAT-2", "Done")
    wait_for(lambda: value(typed) == 50, "the poll")

    assert typed.json("why", "PLAT-1")["serves"][0]["counts"]
    later = str(datetime.now(UTC).date() + timedelta(days=30))
    said = ["--reason", "Counted twice", "--until", later, "--author", "Lead"]
    assert typed.json("override", "KR-1", "--value", "-5", *said)["override"]["author"] == "Lead"
    typed("override", "KR-1", "--end")
    begun = typed.home.parent / "mapping.yaml"
    begun.write_text("weights: {doing: 0.4}\n")
    assert typed.json("mapping", "set", "jira", str(begun), "--reason", "Tried")["version"] == 1
    assert "is over" in typed.refused(
        "override", "KR-1", "--value", "5", "--reason", "x", "--until", "2001-01-01"
    )
    assert "there is no cycle 'moon'" in typed.refused("score", "--cycle", "moon")
    typed.jira.faults.add("error")
    assert typed("sync", code=1).stdout.startswith("jira: ")
    assert server.stop() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "jira-token" not in log
    assert value(typed) == 50


def test_a_command_as_a_process_of_its_own_answers_in_json_only(typed: Typed, serve: Serve) -> None:
    serve()
    typed("apply", typed.plan(key_result("KR-1", value=40)))
    done = typed.process("score", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["cycle"] == "now"
    wrong = typed.process("explain", "KR-9", "--json")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_only_the_same_user_may_use_the_socket(typed: Typed, serve: Serve) -> None:
    typed.home = typed.home / "new"
    server = serve()
    path = typed.home / "control"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(typed.home.stat().st_mode) == 0o700
    assert server.stop() == 0
    assert not path.exists()


def test_a_second_server_on_the_same_folder_is_refused(typed: Typed, serve: Serve) -> None:
    first = serve()
    second = typed.process("up", "--port", str(free_port()))
    assert second.returncode == 2
    assert "in use by another Worklift process" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.answers()


def test_a_port_that_is_taken_is_a_sentence(typed: Typed) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = typed.process("up", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "choose another with --host or --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_without_an_address_is_a_sentence(typed: Typed) -> None:
    done = typed.process("up", "--host", "no..host", "--port", str(free_port()))
    assert done.returncode == 2
    assert "no such address; choose another with --host" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_cannot_be_written_is_a_sentence(typed: Typed) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*WORKLIFT, "doctor"], env=typed.environ, cwd=ROOT, stdout=full, stderr=subprocess.PIPE,
            text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "standard output cannot be written: No space left on device\n"


def test_a_long_data_folder_works_too(typed: Typed, serve: Serve) -> None:
    typed.home = typed.home / ("deep" * 30) / ("er" * 60)
    serve()
    typed("apply", typed.plan(key_result("KR-1", value=40)))
    assert value(typed) == 40


def test_a_killed_server_leaves_a_folder_that_works(typed: Typed, serve: Serve) -> None:
    first = serve()
    typed("apply", typed.plan(key_result("KR-1", value=40)))
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait(PATIENCE)
    assert (typed.home / "control").exists()
    assert value(typed) == 40
    serve()
    assert value(typed) == 40


NONSENSE = [
    b"", b"{", b"[]\n", b"null\n", b'{"command": "score"}\n', b'{"command": 1, "given": 2}\n',
    b'{"command": "format", "given": {}}\n', b"[" * 100_000 + b"\n",
]  # fmt: skip


def test_nonsense_on_the_socket_does_not_hurt_the_server(typed: Typed, serve: Serve) -> None:
    server = serve()
    for sent in NONSENSE:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(typed.home / "control"))
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            assert b'"out"' not in client.recv(4096)
    typed("apply", typed.plan(key_result("KR-1", value=40)))
    assert server.answers()
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


def test_the_first_start_prints_one_token_and_no_later_one_does(typed: Typed, serve: Serve) -> None:
    first = serve()
    wait_for(lambda: "with the token" in first.log.read_text(), "the token")
    first.stop()
    typed("user", "add", "boss", "--role", "admin", "--password-env", "PW", PW="a long calm gate")
    second = serve()
    wait_for(lambda: "Worklift is at" in second.log.read_text(), "the start")
    assert "token" not in second.log.read_text()
