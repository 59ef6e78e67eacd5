"""The sync page: is everything read, and what needs somebody?"""
