"""A team's page: what did we promise, what moved?"""
