"""Who is matched with whom, and when. Pure: values in, values out."""
