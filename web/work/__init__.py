"""My work, the work of a team, and the page of one work item."""
