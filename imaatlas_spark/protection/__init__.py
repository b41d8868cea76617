"""Which figures may be shown: what is sensitive, what is hidden for it, and the proof (docs/protection.md)."""
