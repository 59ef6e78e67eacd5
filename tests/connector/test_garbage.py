"""Nobody looks for garbage as long as one piece of work asks for that; then it goes on."""

import gc
import threading

import pytest

from connector.garbage import uncollected


def test_it_goes_on_with_the_last_that_asked_whoever_ends_first() -> None:
    first_ends, second_began = threading.Event(), threading.Event()
    held: list[bool] = []

    def second() -> None:
        with uncollected():
            second_began.set()
            first_ends.wait(10)
            held.append(gc.isenabled())

    other = threading.Thread(target=second)
    with uncollected():
        other.start()
        assert second_began.wait(10)
    first_ends.set()
    other.join(10)
    assert held == [False]
    assert gc.isenabled()


def test_what_was_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_an_error_ends_it_too() -> None:
    with pytest.raises(LookupError), uncollected():
        raise LookupError
    assert gc.isenabled()
