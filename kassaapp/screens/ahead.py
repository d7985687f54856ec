"""What whoever answers for the till is told before it is late: that its exemption ends (R69, E69)."""

from kassaapp import wording
from kassaapp.domain import exemption
from kassaapp.domain.people import Role
from kassaapp.register import Register


def exemption_notice(register: Register) -> str:
    """The words for it; nothing while there is time, and nothing to anybody else."""
    configuration, user = register.configuration, register.user
    until = configuration.exemption_until
    left = exemption.days_left(until, register.now().date())
    if until is None or left is None or user is None or Role.SUPERVISOR not in user.roles:
        return ""
    return wording.exemption_ends(until, left, support=configuration.support)
