"""A question to ranked, cited passages: the legs, their fusion, the answering sentence."""
