"""The national project pool: applying, assessing, allocating, deciding and following up."""
