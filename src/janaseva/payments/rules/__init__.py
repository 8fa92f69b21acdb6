"""How payments thinks: fees, states of a payment, what to believe of a gateway, both sides of each entry."""
