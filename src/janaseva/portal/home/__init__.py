"""The first pages: what the state offers here, how it works, and what we promise to whoever reads them."""
