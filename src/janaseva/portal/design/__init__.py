"""The living page of the design language, for whoever builds or judges a screen."""
