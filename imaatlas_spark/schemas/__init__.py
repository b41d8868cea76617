"""What the tables are: pure declarations, which everything else may import and which import nothing of it."""
