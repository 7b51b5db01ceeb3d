"""The domain's values, and how their states follow from each other. Pure: values in, values out."""
