"""Programs that read the same simulated tracker, each run as a process of its own."""
