"""Settings become the chosen parts in one TaskGroup: the only place where everything meets."""
