"""From a question to a cited answer: understand, search, read, compose. Knows the index, not the page."""
