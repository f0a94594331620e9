"""From a file to a searchable index: read, clean, outline, split, embed, store. Knows nothing of questions' answers."""
