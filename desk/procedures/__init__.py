"""The room of procedures: catalogue, versions, import, approval, migration, heat map."""
