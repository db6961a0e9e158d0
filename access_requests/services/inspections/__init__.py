"""Signing daily inspections: `audits.inspections`, behind what texts and proofs must be."""
