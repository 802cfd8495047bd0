"""Every read of the room, scoped to who asks."""
