"""What the rows in quarantine take away from each endpoint."""
