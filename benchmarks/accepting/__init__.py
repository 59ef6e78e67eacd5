"""Load on the webhook's door: a client of one thread, the servers, and what is sent."""
