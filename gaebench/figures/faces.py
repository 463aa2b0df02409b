"""Grids of generated faces, side by side."""

from gaebench.figures import samples

CAPTION = (
    "Generated faces, 48 x 48 pixels, trained on the ORL faces: the open stand-in for the picture "
    "that the slides could not show."
)
NEEDS = samples.NEEDS

draw = samples.draw
