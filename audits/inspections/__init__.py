"""Daily inspections (利用点検): every entry to production of a day, beside its leave, signed row by row by a named person.

plan       who inspects, from which day on and until when, as the catalogue has it in the trail
calendar   which days are working days, and when a day is due
rules      what is a deviation, and who may sign what
population the entries of a day, with their leave, work reports and findings
opening    a worker opens a day that is read, and what came late
signing    somebody signs rows, and with the last one the day
reminding  inspectors are reminded on the day on which it is due
overdue    what is not signed by its day becomes a finding
due        what the clock has done of all this
listing    a day, a month, and what waits for whom
folding    an inspection as the trail tells it, against which the rows are verified
"""
