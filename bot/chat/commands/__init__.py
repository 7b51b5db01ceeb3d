"""The slash commands as Discord shows them: names, descriptions and options. The features implement them."""
