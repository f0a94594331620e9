"""The one exception that a user's mistake ends in; edges turn it into a single line. Knows no other module."""


class UserError(Exception):
    """What was found, what was wanted, what to do about it: always shown as one line.

    Raise it where a caller cannot go on because of the input, a file or a setting, never for a defect of ours.
    """

    def __init__(self, found: str, wanted: str, remedy: str) -> None:
        self.found, self.wanted, self.remedy = found, wanted, remedy
        super().__init__(" ".join(f"{found}; wanted {wanted}. {remedy}".split()))
