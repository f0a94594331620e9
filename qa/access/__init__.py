"""Who may do what, how much of it, and what is noted of it. Knows requests, not what they ask for.

`add_arguments` and `guard_for` are for the server's start, `caller` for whoever wants to know who is being answered.
"""

from qa.access.guard import Guard, caller
from qa.access.identity import Identity
from qa.access.options import add_arguments, guard_for, server_settings

__all__ = ["Guard", "Identity", "add_arguments", "caller", "guard_for", "server_settings"]
