"""Sources, mapping, pseudonyms and the data cut."""
