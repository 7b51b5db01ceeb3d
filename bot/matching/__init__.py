"""The rules of who meets whom and who may enter. Pure: values in, values out."""
