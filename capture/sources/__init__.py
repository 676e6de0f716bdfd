"""Where frames come from: camera, stream, video, photos, canvas, demo."""
