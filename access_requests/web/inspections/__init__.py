"""Pages of the daily inspection: a month, and a day with its signatures."""
