"""The connections page: can I trust the numbers?"""
