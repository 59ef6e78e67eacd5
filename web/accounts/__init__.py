"""Who you are: local accounts, sign-in, first set-up."""
