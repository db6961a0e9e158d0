"""The demo: everything that production has, on one machine, for whoever wants to see it run.

supervisor    starts the processes in their order, starts again what dies, stops all; no framework in it
children      its processes: started, watched, stopped, and never left behind
commands      how each of them is started
environment   what they are told, and what is kept from them
places        what is where below DEMO_DIR; one demo a folder
sockets       the addresses that the demo answers on
secret_files  keys and passwords, made at the first start
preparing     what is done before the portal's processes start, in a process of its own:
database      tables, the company's catalogue, people's passwords
rebuilding    the simulated AWS, from what the portal knows
info          info.json, and what is printed

And for whoever plays with it:
switch        act in AWS as a person who takes on a role
"""
