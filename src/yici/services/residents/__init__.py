"""Residents and firms about themselves: their record, their benefits, what they are asked, and how they get an account.

Nothing here reaches further than the account's own subject and the children it is guardian of.
"""
