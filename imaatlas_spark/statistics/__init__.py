"""Cards and year tables to published statistics on the complete grid."""
