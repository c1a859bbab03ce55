"""What stands behind the numbers of an internal page: patients, and their readings down to the records."""
