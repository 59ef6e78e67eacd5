"""What reading Jira costs, against bare loops over the same simulated site."""
