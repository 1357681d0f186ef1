"""The clock of the office: finds what is due and has it done, one transaction each."""
