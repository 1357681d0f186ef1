"""The national portal (Cổng Dịch vụ công quốc gia): dossier and progress messages (R66–R68)."""
