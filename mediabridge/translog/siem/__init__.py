"""What an entry of the transfer log is called elsewhere: the events that a SIEM collects."""
