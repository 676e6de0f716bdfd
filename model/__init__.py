"""The network: one function that makes every 28x28 glyph, the LiteRT classifier, the Keras architectures, the weights."""
