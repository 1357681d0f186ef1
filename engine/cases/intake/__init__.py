"""Taking a dossier in (tiếp nhận): number, papers, fee, and what was taken in wrongly."""
