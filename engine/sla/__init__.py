"""The legal clock: pure counting of working days, working minutes and due instants, with reasons.

Import from the module that owns the idea: `limit` (what is counted), `calendar` (which days),
`office_hours` (which minutes), `counting` (the rules), `pauses`, `reckoning` (the due instant and
how it came about), `ledger` (the same, told to a citizen), `deadline` (original and appointed
date), `alerts`, `start`, `transfer`, `supplement`, `steps`, `verdict`, `periods`. Nothing here
does any I/O; `years/*.yaml` is data that `engine.catalog.years` reads.
"""
