"""One block: the areas of one parent, what is hidden in it, and the witnesses. Small tables in memory."""
