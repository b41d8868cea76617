"""The proof, written apart from the solver: it shares with it the cards and the amounts alone."""
