"""GitHub's OpenAPI documents: fetched once from the npm registry, checked, kept untracked.

They come with @octokit/openapi. ``make test`` runs this file; without a network it says why, and
the tests that need the documents are skipped with that reason.
"""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

VERSION = "23.0.2"
SHA512 = "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
KEPT = {"api.github.com.json": "github.json", "ghes-3.19.json": "enterprise.json"}
SERVED = re.compile(
    r"/(meta|versions|rate_limit|app(-manifests|s)?(/.*)?|installation/.*|search/\w+)"
    r"|/user(/(repos|orgs|installations))?"
    r"|/(users/\{username\}|orgs/\{org\})(/(repos|hooks.*|installation|issue-.*|projectsV2.*))?"
    r"|/repos/\{owner\}/\{repo\}(/(issue|pulls|label|milestone|release|hook|check-run|installation"
    r"|collaborators).*|/commits/\{ref\}(/check-runs)?)?"
)
"""The paths that are of interest here."""
EVENTS = re.compile(
    r"(issues|milestone|sub-issues|pull-request|label|projects-v2|installation|repository"
    r"|issue-comment|ping|release|check-run)(-.*)?"
)
TALK = ("description", "summary", "externalDocs", "example", "examples", "x-github", "tags")
FOLDER = Path(__file__).parents[2] / ".cache" / "openapi" / f"{VERSION}-1"
REASON = FOLDER / "absent.txt"
PATIENCE = 120.0


def registry() -> str:
    """The npm registry this machine is set up for."""
    told = os.environ.get("NPM_CONFIG_REGISTRY", "")
    npm = shutil.which("npm")
    if not told and npm:
        asked = [npm, "config", "get", "registry"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return (told or "https://registry.npmjs.org").rstrip("/")


def fetched() -> bytes:
    """The package, if it is the one that is meant."""
    url = f"{registry()}/@octokit/openapi/-/openapi-{VERSION}.tgz"
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        found: bytes = answer.read()
    if base64.b64encode(hashlib.sha512(found).digest()).decode() != SHA512:
        raise ValueError(f"{url} is not the package its integrity hash tells of")
    return found


def unpacked(package: bytes) -> dict[str, Any]:
    """The documents of a package by the name they are kept under."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for member in archive:
            kept = KEPT.get(Path(member.name).name)
            part = archive.extractfile(member) if kept else None
            if kept and part:
                found[kept] = json.load(part)
    return found


def pruned(document: dict[str, Any]) -> dict[str, Any]:
    """What is of interest of a document, and all that it refers to."""
    paths = {name: _silent(each) for name, each in document["paths"].items()
             if SERVED.fullmatch(name)}  # fmt: skip
    events = {name: _silent(each) for name, each in document.get("x-webhooks", {}).items()
              if EVENTS.fullmatch(name)}  # fmt: skip
    components: dict[str, dict[str, Any]] = {}
    waiting: list[Any] = [paths, events]
    while waiting:
        for kind, name in set(_REFERENCE.findall(json.dumps(waiting.pop()))):
            if name not in components.setdefault(kind, {}):
                components[kind][name] = _silent(document["components"][kind][name])
                waiting.append(components[kind][name])
    return {"paths": paths, "x-webhooks": events, "components": components}


_REFERENCE = re.compile(r'"#/components/([^/"]+)/([^"]+)"')


def _silent(part: Any, *, named: bool = False) -> Any:
    """A part without what only people read; the names of properties are no such thing."""
    if isinstance(part, list):
        return [_silent(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {name: _silent(each, named=name == "properties") for name, each in part.items()
            if named or name not in TALK}  # fmt: skip


def keep(documents: dict[str, Any]) -> None:
    """Write them down, whole or not at all."""
    for name, document in documents.items():
        whole = FOLDER / f"{name}.new"
        whole.write_text(json.dumps(pruned(document), separators=(",", ":")), encoding="utf-8")
        whole.replace(FOLDER / name)
    REASON.unlink(missing_ok=True)


def main() -> None:
    """Fetch what is not there yet."""
    if all((FOLDER / name).exists() for name in KEPT.values()):
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        keep(unpacked(fetched()))
    except (OSError, ValueError, tarfile.TarError, urllib.error.URLError) as error:
        REASON.write_text(f"GitHub's OpenAPI documents could not be fetched: {error}", "utf-8")
        sys.stderr.write(f"{REASON.read_text('utf-8')}; the tests that need them are skipped.\n")


if __name__ == "__main__":
    main()
