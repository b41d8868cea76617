"""How fast the engine is, and beside whom: README.md says which module measures what."""
