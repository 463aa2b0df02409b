"""Three tests of whether generated images are copies of training images."""

from gaebench.report.table import Entry, Table

TABLE = Table(
    title="Copies of training images",
    caption="Are the {samples:,} generated images of a run copies of training images? C_T (Meehan "
    "et al. 2020), by whose convention they are below -3: nearer to training images than test "
    "images are. Authenticity (Alaa et al. 2022): the share that is further from the nearest "
    "training image than that one is from its own nearest; 0 for copies. Both are in the feature "
    "space of the classifier, and smooth images lower both. Nearest image: how much more often "
    "than chance the nearest real image, between pixels, is a training rather than a test image; "
    "0 for fresh images, smooth or not, 1 for copies. Training images must be flagged, held-out "
    "images must not.",
    entries=(Entry("data_copying"), Entry("authenticity"), Entry("nearest_train")),
    row_notes={
        "held-out": "These validation images share writers with the training images, the test "
        "images do not: what this row is away from zero is no copying."
    },
)
