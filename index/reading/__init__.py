"""The reader: how well a passage answers a question, and where."""
