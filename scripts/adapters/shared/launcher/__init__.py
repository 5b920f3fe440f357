"""What the adapters' launchers share: they run a repository's own scripts, unchanged, with what those scripts lack."""
