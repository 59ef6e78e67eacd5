"""Where people land, and the health check for machines."""
