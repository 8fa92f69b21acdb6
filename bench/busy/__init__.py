"""The busiest day: people of all roles at once on the cluster, one fault a minute, and nothing lost."""
