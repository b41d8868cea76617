"""Fast tests of everything that is decided before Spark starts: no JVM."""
