"""The network: what makes its 28x28 glyphs, what runs it, the Keras architectures, the weights."""
