"""What figures mean: agreement, consensus, confusion, intervals, paired tests."""
