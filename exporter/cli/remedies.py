"""What to do about an answer of AWS's: the end of the line that tells the error."""

from exporter.errors import AwsError, CredentialsError, DeniedError, SlotTakenError

_CODES = {
    "ORGANIZATIONS_REPORT_ACCESS_DENIED": "check-aws tells which permission is missing",
    "INVALID_ORGANIZATIONS_ENTITY_PATH": "with --entity ID the path is looked up",
    "INVALID_ORGANIZATIONS_POLICY": "is it the id of a service control policy of this organization?",
    "NoSuchEntity": "AWS shows a report only to the credentials, and of a role to the session, that made it",
    "JobDeadlineExceeded": "--timeout gives it longer",
}
_KINDS = {
    CredentialsError: "check-aws tells what is wrong with the credentials",
    DeniedError: "check-aws tells what is missing",
    SlotTakenError: "--timeout waits longer; a running exporter uses the slot too",
}


def remedy(error: AwsError) -> str:
    """Advice in a few words; empty where there is none."""
    return _CODES.get(error.code) or _KINDS.get(type(error), "")
