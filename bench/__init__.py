"""What is fast enough, measured: goals are ratios inside one run, against a named peer or a physical floor."""
