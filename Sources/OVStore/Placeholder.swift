enum PlaceholderOVStore {}
