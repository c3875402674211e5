"""What people write: mappings, triggers and FQL. Pure: no database, no network, no clock."""
