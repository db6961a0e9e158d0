"""Evidence packs (監査資料一式) of a period, as of a checkpoint: ordered, made by a worker step by step, downloaded.

asking       what people do with packs: order one, download it
scheduling   packs that the portal orders by itself
keeping      files between steps, and what a sweep does
making       a worker takes a pack, does the steps that are left, and says how far it is
steps        the steps in their order
gathering    the population three ways, and what else the trail says of the period, as JSON Lines of bounded memory
tables       which columns each extract has, and what it was asked by
sheets       XLSX and CSV
workpaper    the sample, and all by which it can be computed again
reports      PDF in Japanese and English
story_pages  of each of the sample, its page
oscal        the same for programs that read OSCAL
zipping      the file that is taken home
"""
