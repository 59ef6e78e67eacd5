"""Real processes, really killed: forked from one that is warm, with the trackers in the parent."""
