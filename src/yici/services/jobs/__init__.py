"""Background work: what is too large for a request, done by workers, with progress, cancelling and recovery."""
