"""From a picture to candidates: pieces of ink that may be digits."""
