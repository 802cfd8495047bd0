"""The register of subjects (监管对象): who is supervised, of what type, where, by whom."""
