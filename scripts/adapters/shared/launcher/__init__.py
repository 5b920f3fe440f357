"""Shared code of the adapters' launchers. They run a repository's unchanged scripts and add what is missing in them."""
