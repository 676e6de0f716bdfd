"""What a network sees: step by step, layer by layer."""
