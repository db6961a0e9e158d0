"""Work reports (作業報告): what somebody says after their access that they did, and who confirms it.

owing     what an end of access has its person report, kept in the transaction of the end
answering what people do about it: write, confirm, ask back
listing   who owes what, and what waits for whom
folding   a report as the trail tells it, against which the rows are verified
"""
