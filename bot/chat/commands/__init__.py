"""The slash commands as Discord shows them: names, descriptions and options. What they do is the features' business."""
