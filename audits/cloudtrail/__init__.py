"""CloudTrail, as far as a production log-in is proven by it. Pure: values in, values out.

event     one event, and what of it is kept
entering  how an event lets somebody in: each way in, with what leads from it to an elevation
sessions  which events are of one log-in, in whatever order they came
leave     what the trail says about who may be where: windows, standing roles, declared exceptions
classes   which class a log-in has, and whether an elevation was used
behind    what may remain after the end
files     files of a trail in S3: their names, and reading them in bounded memory
digests   the chain of digest files, and the files that it lists
"""
