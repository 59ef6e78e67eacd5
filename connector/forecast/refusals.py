"""When no forecast is given, and why."""

from connector.forecast.values import FORESIGHT, LEAST_WEEKS, NoForecast

LARGEST = 1e200


def refusal(weeks: int, weeks_left: float) -> NoForecast | None:
    """Why so many weeks of history cannot be carried over so many weeks; None if they can."""
    if weeks_left <= 0:
        return NoForecast("The end date has passed, so there is nothing to forecast.")
    if weeks_left > FORESIGHT:
        return NoForecast(
            f"The end date is {weeks_left:.0f} weeks away, and a forecast looks {FORESIGHT} ahead."
        )
    if weeks < LEAST_WEEKS:
        return NoForecast(
            f"A forecast needs {LEAST_WEEKS} whole weeks of history, and there {_so_far(weeks)}."
        )
    return None


def require_finite(*amounts: float) -> None:
    """Refuse what is not a number, and what is too large to be added up."""
    if not all(abs(amount) <= LARGEST for amount in amounts):
        raise ValueError("a forecast is made from finite numbers only")


def _so_far(weeks: int) -> str:
    if weeks <= 0:
        return "is none yet"
    return "is 1 so far" if weeks == 1 else f"are {weeks} so far"
