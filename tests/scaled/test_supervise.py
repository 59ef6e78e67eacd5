"""The children of ``worklift up`` are told the URLs themselves, wherever those came from."""

import os
from pathlib import Path

from sync import supervise


def test_urls_from_files_reach_the_procfile_s_lines(tmp_path: Path, monkeypatch) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    given = {"DATABASE_URL": "postgresql://me:pw@db/x", "REDIS_URL": "redis://cache:6379/0"}
    for name, url in given.items():
        (tmp_path / name).write_text(url + "\n", encoding="utf-8")
        environ[f"{name}_FILE"] = str(tmp_path / name)
    seen = tmp_path / "seen"
    line = f'echo "$REDIS_URL $DATABASE_URL [$REDIS_URL_FILE$DATABASE_URL_FILE]" > {seen}; false'
    monkeypatch.setattr(supervise, "processes", lambda: {"release": line})
    assert supervise.run(environ) == 1
    assert seen.read_text() == "redis://cache:6379/0 postgresql://me:pw@db/x []\n"
