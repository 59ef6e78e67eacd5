"""How people use it: pages, webhooks and the command line."""
