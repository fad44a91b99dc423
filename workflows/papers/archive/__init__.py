"""The archive: what is handed over of a body's papers, and what the archive answered."""
