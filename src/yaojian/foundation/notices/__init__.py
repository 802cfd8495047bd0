"""Notices to people: in the shell, by SMS and by mail, behind one port."""
