"""Training the reader: its examples, its network, and how it learns from them."""
