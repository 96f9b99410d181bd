"""From a product name to token ids: normalise, tokenise, vocabulary."""
