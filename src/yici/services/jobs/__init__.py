"""Background work: what is too large for a request, done by workers, with progress, cancelling and recovery."""

# The queue's own modules want Django to have started; importing storage starts it.
import yici.storage.host  # noqa: F401
from yici.storage.host import models  # noqa: F401 - Django must have started before the queue's tables are named
