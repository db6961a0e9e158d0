"""HTML pages as every subject shows them: who asks, lists in pages, times, forms of a verb, and what a text hides."""
