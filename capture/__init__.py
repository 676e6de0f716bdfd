"""The run-time path: frames in, digits found and read, pictures and readings out. No TensorFlow here."""
