"""Documents as passages: sentences, paragraphs, headings; which passages say the same."""
