"""From pages to a steady page: association and smoothing over the frames of a video."""
