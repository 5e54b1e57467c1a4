"""An invented population, drawn with numpy from a seed: families, lives, homes and firms of a community."""
