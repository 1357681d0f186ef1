"""An observed office: event logs of other systems, read only, measured by the one ruler."""
