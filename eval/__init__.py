"""From a file of questions to figures: run, measure, report, compare. Knows the assistant's interface only."""
