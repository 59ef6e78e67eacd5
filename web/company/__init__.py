"""The company overview: are we getting where we said we would?"""
