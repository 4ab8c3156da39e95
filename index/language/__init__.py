"""Chinese as it is written: one form for many, words, names, places, dates."""
