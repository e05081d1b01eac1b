enum PlaceholderOVSearch {}
