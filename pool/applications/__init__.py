"""Draft to submitted versions, budget, partners, attachments, completeness, withdrawal."""
