"""Pictures of products: read, decoded one way, and turned into features of a backbone."""
