"""Background work: what is too large for a request, done by workers, with progress, cancelling and recovery."""

from yici.storage.host import models  # noqa: F401 - Django must have started before the queue's tables are named
