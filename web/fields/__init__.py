"""The field mapping editor: what do a tracker's words mean?"""
