"""Real examples: MNIST, pen strokes, folders of images, corrections, typefaces."""
