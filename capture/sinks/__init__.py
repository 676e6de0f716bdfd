"""Where results go: video, pictures, readings, samples."""
