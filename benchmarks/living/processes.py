"""The CPU of the processes of a service by what they are, and of its PostgreSQL."""

from collections import Counter, defaultdict
from pathlib import Path

import psutil

ROLES = {"sync.worker.Worker": "workers", " web ": "web", "sync.clock": "clock"}


def spent(process: psutil.Process) -> float:
    """CPU seconds so far of a process, and of those it has waited for."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def by_role(pid: int) -> dict[str, float]:
    """CPU seconds so far of web, workers, clock, and of what starts them."""
    root = psutil.Process(pid)
    found = defaultdict[str, float](float, supervisor=spent(root))
    for child in root.children():
        line = " ".join(child.cmdline())
        role = next((role for word, role in ROLES.items() if word in line), "supervisor")
        found[role] += sum(spent(each) for each in [child, *child.children(recursive=True)])
    return found


def memory(pid: int) -> Counter[str]:
    """What each kind keeps to itself, in MiB, the largest of a kind."""
    found: Counter[str] = Counter()
    for child in psutil.Process(pid).children():
        line = " ".join(child.cmdline())
        role = next((role for word, role in ROLES.items() if word in line), "supervisor")
        found[role] = max(found[role], int(child.memory_full_info().uss / 2**20))
    return found


def server_cpu(folder: str | None) -> float:
    """CPU seconds so far of the PostgreSQL whose socket lies there."""
    if folder is None:
        return 0.0
    root = psutil.Process(int(Path(folder, "data", "postmaster.pid").read_text().split()[0]))
    return sum(spent(each) for each in [root, *root.children(recursive=True)])
