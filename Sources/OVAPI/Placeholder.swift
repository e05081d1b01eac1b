enum PlaceholderOVAPI {}
