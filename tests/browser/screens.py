"""Photographs every page of the demo: light, dark, as on a phone, and in every language.

``make screenshots`` puts them into ``build/screens``, with a sheet of all in ``index.html``. It
starts the demo with its simulated trackers, and ends all it started.
"""

import contextlib
import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from tests.browser.conftest import CHROMIUM
from tests.web.world import make

SHOTS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
LANGUAGES = ("ko-KR", "id-ID")
MAIN = (
    "company.overview",
    "team.page",
    "objective.page",
    "key_result.page",
    "links.page",
    "connections.page",
    "coverage.of",
    "work.mine",
    "work.item",
    "plan.overview",
)
ROLES = {"member": "work.mine", "viewer": "company.overview"}
"""Pages that look otherwise to others."""
SPECIAL = {
    "company-health": "/{cycle}?health=off_track",
    "not-found": "/{cycle}/nowhere",
    "first-steps": "/first",
}
LONGEST = 200
"""Addresses looked at on the way to one of each page."""
TALLEST = 4000
PATIENCE = 240.0


def main(folder: Path) -> None:
    """Photograph everything into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with _demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        pages = _photograph(browser, address, folder)
        browser.close()
    (folder / "index.html").write_text(_sheet(folder, pages), "utf-8")
    said = f"{len(list(folder.glob('*.png')))} pictures of {len(pages)} pages: {folder}/index.html"
    sys.stdout.write(f"{said}\n")


def _photograph(browser: Browser, address: str, folder: Path) -> dict[str, str]:
    context = _context(browser, address)
    pages = _found(context, address)
    _door(browser, address, folder)
    for name, path in pages.items():
        _page(context, address + path, folder / name)
    context.close()
    for role, name in ROLES.items():
        context = _context(browser, address, role)
        _page(context, address + pages[name], folder / f"{name}-{role}")
        context.close()
    for language in LANGUAGES:
        context = _context(browser, address, locale=language)
        page = context.new_page()
        for name in (each for each in MAIN if each in pages):
            page.goto(address + pages[name])
            for size in ("light", "phone"):
                to = folder / f"{name}.{language[:2]}-{size}.png"
                _shoot(page, to, SHOTS[size]["viewport"])
        context.close()
    others = {f"{name}-{role}": pages[name] for role, name in ROLES.items()}
    return {"sign-in": "/sign-in", **pages, **others}


def _page(context: BrowserContext, address: str, to: Path) -> None:
    """One page in each of the looks."""
    page = context.new_page()
    page.goto(address)
    for size, look in SHOTS.items():
        page.emulate_media(color_scheme=look["color_scheme"], reduced_motion="reduce")
        _shoot(page, to.with_name(f"{to.name}.{size}.png"), look["viewport"])
    page.close()


def _context(browser: Browser, address: str, role: str = "admin", **options: Any) -> BrowserContext:
    """Somebody signed in to the demo."""
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator(f"form[action='/demo/{role}'] button").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()
    return context


def _door(browser: Browser, address: str, folder: Path) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    for size, look in SHOTS.items():
        page.emulate_media(color_scheme=look["color_scheme"])
        _shoot(page, folder / f"sign-in.{size}.png", look["viewport"])
    context.close()


def _shoot(page: Page, to: Path, viewport: dict[str, int]) -> None:
    """The whole page in one window, so that what is fixed to its edges is where it belongs."""
    width = viewport["width"]
    page.set_viewport_size({"width": width, "height": viewport["height"]})
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(tall, viewport["height"]), TALLEST)})
    page.screenshot(path=to)


def _found(context: BrowserContext, address: str) -> dict[str, str]:
    """One address of every page that links lead to from the first one, by its endpoint: of several
    that with the most on it."""
    with tempfile.TemporaryDirectory() as home:
        world = make(Path(home))
        routes = world.app().url_map.bind(urlsplit(address).netloc)
        world.runtime.store.close()
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    cycle = ""
    waiting, known = deque(["/"]), {"/"}
    for _ in range(LONGEST):
        if not waiting:
            break
        path = waiting.popleft()
        answer = context.request.get(address + path)
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue
        path = answer.url.removeprefix(address)
        cycle = cycle or path.strip("/")
        found[_endpoint(routes, path)].append((len(answer.text()), path))
        links = re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text())
        fresh = [link for each in links if (link := html.unescape(each)) not in known]
        known.update(fresh)
        # What leads to a page not seen yet comes first.
        for link in dict.fromkeys(fresh):
            (waiting.append if found[_endpoint(routes, link)] else waiting.appendleft)(link)
    special = {name: path.format(cycle=cycle) for name, path in SPECIAL.items()}
    fullest = {name: max(seen)[1] for name, seen in sorted(found.items()) if name and seen}
    return {**fullest, **special}


def _endpoint(routes: MapAdapter, path: str) -> str:
    try:
        endpoint: str = routes.match(urlsplit(path).path, method="GET")[0]
    except (HTTPException, RequestRedirect):
        return ""
    if endpoint == "key_result.page" and "/O-" in path:
        return "objective.page"
    return endpoint


@contextlib.contextmanager
def _demo() -> Iterator[str]:
    """The demo in a data folder and at ports of its own; ended by its own process id."""
    with tempfile.TemporaryDirectory() as home:
        port = _free_port()
        command = [Path(sys.executable).with_name("worklift"), "demo", "--port", str(port)]
        log = Path(home, "log")
        with log.open("w") as said:
            started = subprocess.Popen(
                command,
                env={**os.environ, "WORKLIFT_HOME": str(Path(home, "home"))},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, started, log)
            yield address
        finally:
            started.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(30)
            if started.poll() is None:
                started.kill()
                started.wait()


def _wait(address: str, started: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until it answers, and its work was read."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if started.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz") as answer:
            if answer.status == 200:
                return
        time.sleep(0.5)
    raise SystemExit(f"the demo did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _sheet(folder: Path, pages: dict[str, str]) -> str:
    """Every picture on one page, by page."""
    rows = []
    for name, path in pages.items():
        shown = "".join(
            f'<figure><a href="{each.name}"><img loading="lazy" src="{each.name}" alt=""></a>'
            f"<figcaption>{each.name.split('.')[-2]}</figcaption></figure>"
            for each in sorted(folder.glob(f"{name}.*.png"))
        )
        title = f"{html.escape(name)} <small>{html.escape(path)}</small>"
        rows.append(f"<h2>{title}</h2><div>{shown}</div>")
    style = (
        "body{font:14px system-ui;margin:24px;background:#888;color:#fff}"
        "div{display:flex;gap:16px;overflow:auto}figure{margin:0}"
        "img{height:420px;border:1px solid #555;background:#fff}small{opacity:.7}"
    )
    head = f'<!doctype html><meta charset="utf-8"><title>Worklift</title><style>{style}</style>'
    return head + "".join(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens"))
