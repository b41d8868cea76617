"""What the cards publish, seen by protection: amounts, and how they hang together. No figure is looked at."""
