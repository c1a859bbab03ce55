"""A study of one's own: what `mesenluth new-study` writes."""
