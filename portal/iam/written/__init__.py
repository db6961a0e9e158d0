"""Policies as somebody wrote them in files of an infrastructure repository, each part with its line.

nodes        a value and where it stands
reading      JSON and YAML into nodes
policies     what a file is about: policies, and whose they are
intrinsics   CloudFormation's functions, resolved as far as a template tells
template     policies of a CloudFormation template
terraform    policies of what `terraform show -json` prints
unread       policies of kinds that none of these reads
files        which of these a file is
"""
