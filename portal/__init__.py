"""The portal's ground: what every process of it imports first."""

import gc

# Importing makes hundreds of thousands of objects that all stay. By Python's own thresholds each process is collected a thousand
# times on its way up, finds nothing, and takes a fifth longer. Reference counts free nearly all of what a request leaves behind.
gc.set_threshold(50_000, 20, 50)
