"""The coverage page: how much of the work serves a key result, and what serves none?"""
