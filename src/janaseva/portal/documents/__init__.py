"""Whether a paper is genuine: by its file, by its code, or by its number; for anyone, with one clear answer each."""
