"""The worlds that tests happen in: the cast and its stories, and the accounts of AWS as its administrators see them."""
