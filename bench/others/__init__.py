"""The same flow as a small application of other packages, in an environment of their own; never imported by ours."""
