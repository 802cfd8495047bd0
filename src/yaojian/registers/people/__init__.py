"""The register of people: inspectors, licensed pharmacists and where they work, experts, heads."""
