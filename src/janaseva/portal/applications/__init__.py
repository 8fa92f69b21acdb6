"""One's own application after it was handed in: each step, the law's clock, questions, papers, the decision."""
