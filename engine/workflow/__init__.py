"""The engine room: runs diagrams; the only importer of SpiffWorkflow."""
