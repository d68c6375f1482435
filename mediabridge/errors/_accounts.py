"""Whoever works through the station's account, and what is not for that person (ADR 0025)."""

from __future__ import annotations

from mediabridge.errors._station import CommandLineError, ConfigurationError


class NotForRoleError(CommandLineError):
    """The command is another role's."""

    reason = "NOT_FOR_THIS_ROLE"
    sentence = "The command {command} is not for a {role} at this station. Nothing was done."
    hint = (
        "It is for: {whose}. Let that person do it; where accounts are separate, at a login of the"
        " own."
    )


class AccountDiffersError(CommandLineError):
    """Somebody signs in at a screen that runs in the account of somebody else, or of a role."""

    reason = "ACCOUNT_DIFFERS"
    sentence = "{name} does not sign in at this screen: {detail}. Nothing was done."
    hint = "Everybody works at a screen that was started in a login of the own."


class NotForAccountsError(CommandLineError):
    """The command belongs to no role: it sets a station up, or needs none."""

    reason = "NOT_WITH_SEPARATE_ACCOUNTS"
    sentence = "The command {command} is given by nobody through the account of this station."
    hint = (
        "The IT staff set a station up as root (docs/operations/accounts.md). What needs no"
        " station, such as demo and sample, runs in an account outside the station's groups."
    )


class OptionNotForRoleError(CommandLineError):
    """An option would lead past the account's borders."""

    reason = "OPTION_NOT_FOR_ROLE"
    sentence = "The option {option} is not for a {role} at a station with separate accounts."
    hint = (
        "Leave it out. A passphrase is typed when it is asked for, and an officer approves in a"
        " login of the own."
    )


class NotInTrayError(CommandLineError):
    """A file that was named lies elsewhere than where this role's files change hands."""

    reason = "NOT_IN_TRAY"
    sentence = "{name} does not lie where it has to: directly in {tray}."
    hint = (
        "Copy a file that the station shall read into that folder, and give its name alone. What"
        " the station writes appears in its folder under the name alone, too."
    )


class TrayFileError(CommandLineError):
    """A file in the tray that the station's account cannot read, or that is none."""

    reason = "TRAY_FILE_UNUSABLE"
    sentence = "The station cannot take {name} from {tray}: {detail}."
    hint = "Copy the file into that folder once more, so that its group may read it (chmod g+r)."


class NotMountedError(CommandLineError):
    """A folder was named as a medium, or a file on one, that is not mounted where media are."""

    reason = "NOT_A_MOUNTED_MEDIUM"
    sentence = "{name} is no medium that is mounted below /media, /run/media or /mnt."
    hint = "Leave the option out: the station uses the one medium that is plugged in."


class ModuleNotSystemsError(ConfigurationError):
    """The library for a token is not one that only root can have installed."""

    reason = "MODULE_NOT_SYSTEMS"
    sentence = (
        "The PKCS#11 module {module} was not used: it is not there, or somebody other than root can"
        " write it."
    )
    hint = "Name the module that the IT staff installed; it belongs to root in folders of root."


class ForeignTerminalError(ConfigurationError):
    """The terminal is another account's, who could read and type everything here."""

    reason = "TERMINAL_FOREIGN"
    sentence = "This terminal belongs to another account than {account}. Nothing was done."
    hint = "Log in at the screen, or on another console, as yourself; not with su in a login."


class AccountsBrokenError(ConfigurationError):
    """What separates the accounts is not as it should be."""

    reason = "ACCOUNTS_BROKEN"
    sentence = "The accounts of this station are not set up as they have to be: {detail}."
    hint = "Call the IT staff: mediabridge doctor and docs/operations/accounts.md say how."
