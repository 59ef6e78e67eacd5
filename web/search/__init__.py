"""Search: people, teams, objectives, key results and work items."""
