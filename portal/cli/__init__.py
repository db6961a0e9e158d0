"""`sekisho`: requests, decisions and access from a terminal, over the REST API. No Django: a command starts fast.

program       the commands together, and what each ending of one is to the shell
exits         exit codes, and the failures that end in them
transport     HTTP: timeouts, tries, waiting as long as the portal asks
portal        the API: its token, its pages, its problems
credentials   tokens, in a file that nobody else can read
device        logging in: a code that is confirmed in the browser
words         what is said, in Japanese or English; ja.json has the Japanese
states        the words of states, decisions and ends
helping       help, and what was typed wrong, in the person's language
speaking      what is printed, and keeping control characters from the terminal
asking_back   questions, to people only
tables        requests, access and work groups as people read them
moments       durations and times, as typed and as shown
finding       which request or access is meant
completing    what a shell offers for the next word
waits         until a state is reached
aws_profiles  profiles that the roles' trust policies accept
aws_config    ~/.aws/config, of which only own profiles are changed
policies      policies in files, checked without a portal
launcher      the program of a checkout that is not installed
commands      one function a command
"""


def main() -> int:
    """Run what was typed, and return what the shell is told."""
    from portal.cli.program import run  # noqa: PLC0415  `import portal.cli` stays cheap.

    return run()
