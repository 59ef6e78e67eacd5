"""The forecast: what a scope's weeks so far say about the end date, as chances and ranges."""

from connector.forecast.number import forecast_number
from connector.forecast.share import forecast_share
from connector.forecast.values import (
    FORESIGHT,
    LEAST_WEEKS,
    MOST_WEEKS,
    Forecast,
    NoForecast,
    Range,
    Standing,
    Week,
)
from connector.forecast.weekly import weekly, weekly_numbers, weeks_between

__all__ = [
    "FORESIGHT",
    "LEAST_WEEKS",
    "MOST_WEEKS",
    "Forecast",
    "NoForecast",
    "Range",
    "Standing",
    "Week",
    "forecast_number",
    "forecast_share",
    "weekly",
    "weekly_numbers",
    "weeks_between",
]
