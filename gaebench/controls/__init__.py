"""Images that no model made, scored as if one had: what a metric gives for a known answer."""
