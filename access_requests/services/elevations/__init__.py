"""What AWS is told and asked: granting, ending, fences and gates, and what has leave to be there."""
