"""The version of a catalogue: three numbers, raised by what a change does to the published numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Version:
    """A version such as 1.4.2: a breaking change raises the first number, a comparable the second, an editorial the third."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, text: str) -> "Version":
        """Return the version that a catalogue states."""
        major, minor, patch = (int(part) for part in text.split("."))
        return cls(major, minor, patch)

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.major}.{self.minor}.{self.patch}"

    def major_raised(self) -> "Version":
        """Return the next version after a breaking change."""
        return Version(self.major + 1, 0, 0)

    def minor_raised(self) -> "Version":
        """Return the next version after a comparable change."""
        return Version(self.major, self.minor + 1, 0)

    def patch_raised(self) -> "Version":
        """Return the next version after an editorial change."""
        return Version(self.major, self.minor, self.patch + 1)
