"""The learning side: data, training, evaluation. TensorFlow is imported here and nowhere else but model/network.py."""
