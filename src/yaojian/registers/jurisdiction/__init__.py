"""Who is responsible for which subject in which matter (事权), as data with its source."""
