"""Use cases: one keyword-only function each, called by the command line, the web and the API alike."""
