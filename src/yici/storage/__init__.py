"""The single Django app with tables, the batch files, and the loader of packs."""
