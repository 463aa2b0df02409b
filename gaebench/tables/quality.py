"""Sample quality in the feature space of a classifier."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Sample quality",
    caption="{samples:,|generated image} beside the test images in the feature space of a small "
    "classifier trained on the training images (test accuracy {accuracy}): squared Frechet "
    "distance; precision and recall, density and coverage with balls to the k-th nearest image, "
    "k = {prdc[neighbours]}; total variation of the classes from those of the training images.",
    entries=(
        Entry("frechet"),
        Entry("prdc", "precision"),
        Entry("prdc", "recall"),
        Entry("prdc", "density"),
        Entry("prdc"),
        Entry("class_histogram"),
    ),
)
