"""Texts as vectors: models, how they are loaded, and what they have already computed."""
