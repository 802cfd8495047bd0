"""The journal of acts (监管行为): written once, never changed."""
