"""One-command start of the scaled form: the Procfile's release line first, then the others."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from connector.errors import Refused


def processes() -> dict[str, str]:
    """Name → command line, as the Procfile gives them."""
    here = Path(__file__).resolve().parent
    for path in (here / "Procfile", here.parent / "Procfile"):
        if path.is_file():
            found: dict[str, str] = parse_procfile(path.read_text("utf-8")).processes
            return found
    raise Refused("the Procfile is missing from this installation; install Worklift again")


def run(environ: Mapping[str, str]) -> int:
    """Run release to its end, then web, worker and clock in the foreground until one stops."""
    lines = processes()
    env = _environment(environ)
    release = subprocess.run(lines.pop("release"), shell=True, env=env, check=False)  # noqa: S602
    if release.returncode != 0:
        return release.returncode
    manager = Manager(Printer(sys.stdout))
    for name, command in lines.items():
        manager.add_process(name, command, env=env)
    manager.loop()
    return int(manager.returncode or 0)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Ours, with the commands of this installation first on the path."""
    folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([folder, environ.get("PATH", "")])
    return {**environ, "PATH": path, "TZ": "UTC", "PYTHONUNBUFFERED": "1"}
