"""How well a network reads: metrics, corruptions, baselines, comparisons, searches."""
