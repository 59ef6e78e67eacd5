"""What benchmarks of the ledger share: a company written at once, and clocks."""
