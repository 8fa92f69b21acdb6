"""The door of payment gateways: their callback, and the bank of a demonstration."""
