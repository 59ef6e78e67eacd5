"""Run as a process: the whole service in one process, its drains counted; says so when it ends.

Usage: python -m benchmarks.accepting.flooded HOME PORT
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

from connector.settings import Settings
from sync import pipeline
from web import serve


def main(home: str, port: str) -> None:
    url = f"sqlite:///{Path(home, 'worklift.db')}"
    settings = Settings(home=Path(home), database_url=url, key=b"k" * 32)
    drain, lock, counted = pipeline.drain, threading.Lock(), {"drains": 0, "calls": 0}

    def counting(*given: Any, **more: Any) -> pipeline.Drained:
        found = drain(*given, **more)
        with lock:
            counted["drains"] += not found.skipped
            counted["calls"] += found.calls
        return found

    def ready(_runtime: object) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        counted["before"] = _peak()

    pipeline.drain = counting
    serve.embedded(settings, "127.0.0.1", int(port), ready=ready)
    print(json.dumps({**counted, "after": _peak()}), flush=True)


def _peak() -> int:
    told = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
