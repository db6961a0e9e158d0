"""Reads that join tables or apply "who may see". They write nothing."""
