"""A key result's page: why is it this number?"""
