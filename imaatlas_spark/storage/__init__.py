"""Where tables lie: the Delta tables of a warehouse, and small frames that come from the driver."""
