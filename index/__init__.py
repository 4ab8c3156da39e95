"""Chinese documents to passages, passages to an index on disk, questions to cited answers.

from index import SearchIndex
SearchIndex.open(Path("data")).ask("…")
"""

from index.search_index import SearchIndex

__all__ = ["SearchIndex"]
