"""A whole service as people run it, beside a simulated GitHub, to be measured from outside."""
