"""One-command start of the scaled form: the Procfile's release line first, then the others."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from honcho.environ import parse_procfile

from connector.errors import Refused
from connector.settings import read
from sync.children import Children

FROM_FILES = {"DATABASE_URL_FILE", "REDIS_URL_FILE"}


def processes() -> dict[str, str]:
    """Name → command line, as the Procfile gives them."""
    here = Path(__file__).resolve().parent
    for path in (here / "Procfile", here.parent / "Procfile"):
        if path.is_file():
            found: dict[str, str] = parse_procfile(path.read_text("utf-8")).processes
            return found
    raise Refused("the Procfile is missing from this installation; install Worklift again")


def run(environ: Mapping[str, str]) -> int:
    """Run release to its end, then web, workers and clock in the foreground until told to stop;
    one that ends is started again."""
    lines = processes()
    settings = read(environ)
    env = _environment(environ)
    release = subprocess.run(lines.pop("release"), shell=True, env=env, check=False)  # noqa: S602
    if release.returncode != 0:
        return release.returncode
    children = Children(env)
    for name, command in lines.items():
        several = settings.workers if name == "worker" else 1
        for number in range(1, several + 1):
            children.add(f"{name}.{number}", command)
    return children.run()


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Ours, with the commands of this installation first on the path.

    URLs that came from files are written out, because the Procfile's lines name the variables.
    """
    settings = read(environ)
    kept = {name: value for name, value in environ.items() if name not in FROM_FILES}
    urls = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url or ""}
    folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([folder, environ.get("PATH", "")])
    return {**kept, **urls, "PATH": path, "TZ": "UTC", "PYTHONUNBUFFERED": "1"}
