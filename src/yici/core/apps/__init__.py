"""The register of apps (政务应用): what departments have people use, and what must be asked before there is another."""
