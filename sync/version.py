"""Which Worklift this is."""

from importlib.metadata import PackageNotFoundError, version


def _found() -> str:
    try:
        return version("worklift")[:32]
    except PackageNotFoundError:
        return "unpacked"  # run from a folder that was not installed


VERSION = _found()
