"""The back-test of forecasts: histories whose end is known, and the judge."""
