"""The link editor: what will this count?"""
