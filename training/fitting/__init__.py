"""Training itself: fit, checkpoints, distillation, fine-tuning, export."""
