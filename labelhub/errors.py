"""The refusals that a person can act on."""


class DomainError(Exception):
    """A request that the rules refuse; the message says why and what to do."""
