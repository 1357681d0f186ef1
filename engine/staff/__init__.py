"""The people of the office: agencies, units, officers, roles with periods, deputies, absence."""
