"""Prints the most frequent words of a language: words.py LANGUAGE COUNT.

The lists are those of wordfreq 3.1.1 (Robyn Speer; data CC BY-SA 4.0). They only
choose which pieces of the vocabulary are kept: no word of them is in the model.
"""
import sys

import wordfreq

language, count = sys.argv[1], int(sys.argv[2])
wordlist = "large" if language in wordfreq.available_languages("large") else "small"
print("\n".join(wordfreq.top_n_list(language, count, wordlist=wordlist)))
