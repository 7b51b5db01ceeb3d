"""What things are and how their states follow from each other. Pure: values in, values out."""
