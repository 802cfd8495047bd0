"""What every room stands on; no regulator's vocabulary."""
