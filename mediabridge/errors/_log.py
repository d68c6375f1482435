"""A transfer log does not say what it said before (exit 20)."""

from __future__ import annotations

from mediabridge.errors._base import ExitCode, MediabridgeError

# --- transfer log (exit 20) -------------------------------------------------


class LogAlarmError(MediabridgeError):
    """Family: a transfer log does not say what it said before."""

    exit_code = ExitCode.LOG_ALARM


class LogSectionError(LogAlarmError):
    """Step 8: the sender's log section is missing, unsigned or contradicts itself."""

    reason = "LOG_SECTION_INVALID"
    sentence = "The part of the sender's transfer log is not as it has to be: {detail}."
    hint = (
        "Do not use the sending station: its log or its program was changed. Keep both log.db and"
        " the medium, and call the security officer."
    )


class CosignatureError(LogAlarmError):
    """Step 8: what the sender says that it has seen of our log is not signed as it has to be."""

    reason = "COSIGNATURE_INVALID"
    sentence = "The sender's cosignature on our transfer log cannot be accepted: {detail}."
    hint = (
        "Do not use the sending station: it does not speak with the key that the trust data names."
        " Keep the medium and call the security officer."
    )


class LogForkedError(LogAlarmError):
    """Step 8: the sender's log has another entry beyond what it knows us to have."""

    reason = "LOG_FORKED"
    sentence = (
        "The transfer log of {peer} exists twice: the first entry that is another one there than"
        " here: {where}."
    )
    hint = (
        "Do not use {peer}: it was restored from an old backup, or somebody signs with its log key"
        " elsewhere. Keep both log.db and the medium, and call the security officer."
    )


class LogRewrittenError(LogAlarmError):
    """Step 8: the sender's log has not what we acknowledged of it."""

    reason = "LOG_REWRITTEN"
    sentence = (
        "The transfer log of {peer} was rewritten: what this station had acknowledged of it is not"
        " there any more. The first entry that differs: {where}."
    )
    hint = (
        "Do not use {peer}: it was restored from an old backup, or its log was changed after it had"
        " been carried here. Keep both log.db and the medium, and call the security officer."
    )


class LogTruncatedError(LogAlarmError):
    """Step 8: the sender's log is too short for the number of its bundle."""

    reason = "LOG_TRUNCATED"
    sentence = (
        "The transfer log of {peer} was cut off; entries there: {got}, in our copy: {held}. The"
        " first that is missing there: {where}."
    )
    hint = (
        "Do not use {peer}: it was restored from an old backup, or its log was shortened. Keep both"
        " log.db and the medium, and call the security officer."
    )


class PeerMirrorDiffersError(LogAlarmError):
    """Step 8: the sender has seen a checkpoint of our log that this station never signed."""

    reason = "PEER_MIRROR_DIFFERS"
    sentence = (
        "The other station, {peer}, has seen our transfer log otherwise than it is here: {detail}."
        " The first entry that differs: {where}."
    )
    hint = (
        "Either this station is not what it was, or somebody signs with its log key elsewhere."
        " Use neither station, keep both log.db and the medium, and call the security officer."
    )


class WitnessStateLostError(LogAlarmError):
    """Step 8: a station once had seen more of the other's log than it knows now."""

    reason = "WITNESS_STATE_LOST"
    sentence = (
        "{witness} has lost what it had seen of the transfer log of {of}: entries: {got}, should be"
        " {wanted} at least."
    )
    hint = (
        "Do not use {witness}: its log.db was replaced by an older one. Keep both log.db and call"
        " the security officer, who has its witness key retired: mediabridge station witness."
    )


class LogSaysOtherwiseError(LogAlarmError):
    """Step 8: an entry of the sender's log is not what the bundle, or our own books, say."""

    reason = "LOG_SAYS_OTHERWISE"
    sentence = "The sender's transfer log says otherwise than what came from it: {detail}."
    hint = (
        "Nothing of the bundle was used. Do not use the sending station until it is clear which of"
        " the two is right. Keep the medium and both log.db, and call the security officer."
    )


class LogAlarmKeptError(LogAlarmError):
    """A bundle of a peer raised an alarm, and none of the same or a later number came since."""

    reason = "LOG_ALARM_KEPT"
    sentence = (
        "A bundle of {peer} was refused because of a transfer log ({alarm}); the evidence is kept."
    )
    hint = (
        "Take nothing from {peer} until the security officer has decided; what differs:"
        " mediabridge audit alarms."
    )


class StationSetBackError(LogAlarmError):
    """This station came from a backup, and a peer knows numbers that it gave out since."""

    reason = "STATION_SET_BACK"
    sentence = (
        "The backup that this station was restored from is too old: on the route {route}, {peer}"
        " had numbers that are missing here when it sealed its bundle number {seq}. The first of"
        " them: {first}; the last: {last}."
    )
    hint = (
        "What {peer} sent was taken; nothing is signed for {peer} until officers have declared"
        " these numbers void (mediabridge station continue). Call the security officer. A newer"
        " backup can still be restored into another folder."
    )


class LogNoteError(LogAlarmError):
    """A signed note or checkpoint is malformed, or signed by none of the expected keys."""

    reason = "LOG_NOTE_INVALID"
    sentence = "A signed statement of a transfer log cannot be accepted: {detail}."
    hint = "Keep the medium and call the security officer."


class LogProofError(LogAlarmError):
    """An inclusion or consistency proof does not lead to the signed root."""

    reason = "LOG_PROOF_INVALID"
    sentence = "A proof from a transfer log does not hold: {detail}."
    hint = "Call the security officer."


class LogPackDiffersError(LogAlarmError):
    """An auditor's pack is not what was signed, or not what another copy says."""

    reason = "LOG_PACK_DIFFERS"
    sentence = "The transfer logs do not hold what was signed: {detail}."
    hint = "Keep all packs and both log.db as they are, and call the security officer."


class LogPackError(LogAlarmError):
    """An auditor's pack is damaged, incomplete, or holds what does not belong there."""

    reason = "LOG_PACK_INVALID"
    sentence = "The pack of transfer logs cannot be judged: {detail}."
    hint = "Export it once more (mediabridge audit export), and compare its files with the first."
