"""Who may do what: one `can()`, denied unless a rule allows it, and every answer says why."""
