"""Reading ahead: in order, bounded, and ended with who reads."""

import threading

import pytest

from integrations.kit.ahead import DEPTH, Ahead


def test_values_come_in_order_and_an_error_after_them():
    def values():
        yield from range(10)
        raise ValueError("the end")

    seen = []
    with pytest.raises(ValueError, match="the end"), Ahead(values()) as found:
        seen.extend(found)
    assert seen == list(range(10))


def test_what_comes_next_is_fetched_meanwhile_but_not_all_of_it():
    made, reached = [], threading.Event()

    def values():
        for number in range(100):
            made.append(number)
            if number == DEPTH + 1:
                reached.set()
            yield number

    with Ahead(values()) as found:
        assert next(found) == 0
        assert reached.wait(10)
        assert len(made) <= DEPTH + 3
    assert len(made) <= DEPTH + 3


def test_the_thread_ends_with_who_reads():
    before = threading.active_count()
    with Ahead(iter(range(100))) as found:
        next(found)
    assert threading.active_count() == before
