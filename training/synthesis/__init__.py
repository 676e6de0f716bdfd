"""Drawn examples: recipes, scenes, negatives, augmentation, and their mixture."""
