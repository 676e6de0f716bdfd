"""The decision among neighbours: candidates of drawn pages with their answers, and small perceptrons fitted to them."""
