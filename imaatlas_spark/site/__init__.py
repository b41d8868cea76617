"""The static site: pages, data files and maps, made from protected tables without Spark."""
