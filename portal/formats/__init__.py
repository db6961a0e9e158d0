"""How Django itself writes days and times, such as a day in a sentence: FORMAT_MODULE_PATH, with a folder for each language.

As `portal.pages.moments` does, in every language: an auditor compares the days of a page with those of the trail and of exports.
"""

DATE_FORMAT = SHORT_DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "Y-m-d H:i"
