"""Tables taken into the registers: mapped, previewed, undone."""
