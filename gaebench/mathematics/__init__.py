"""The estimators' mathematics: pure functions of tensors, in nats."""
