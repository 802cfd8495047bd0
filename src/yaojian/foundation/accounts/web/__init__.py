"""Pages of sign-in and the declaration of who may open what."""
