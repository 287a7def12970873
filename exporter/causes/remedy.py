"""One line for each cause: what is wrong, and what to do about it."""

import re
from collections.abc import Mapping

from exporter.causes.cause import Cause, Evidence

# In braces: what the error and its evidence say, or a word in its place.
_LINES: Mapping[Cause, str] = {
    Cause.NAME: (
        "{host} does not resolve: look at DNS, at the region and at endpoints.*; in a network without the "
        "internet it takes a VPC endpoint with private DNS, or a proxy (HTTPS_PROXY)"
    ),
    Cause.UNREACHABLE: (
        "{host} cannot be reached: look at routes, security groups and firewalls; a private subnet takes "
        "a NAT, a VPC endpoint for {api} (and endpoints.{api} to name it), or a proxy (HTTPS_PROXY)"
    ),
    Cause.NO_ANSWER: (
        "{host} takes connections and does not answer: a firewall, proxy or VPC endpoint between holds or "
        "drops what is sent; the credentials have not been looked at"
    ),
    Cause.PROXY_URL: (
        "{proxy} is no URL: percent-encode what is special in its user and password (@ is %40, / is %2F, "
        ": is %3A, # is %23)"
    ),
    Cause.PROXY_SCHEME: (
        "the proxy of {proxy} is of a kind that AWS's SDK does not speak, as socks5: name an HTTP "
        "proxy (http://HOST:PORT), or put one before it"
    ),
    Cause.PROXY_DOWN: (
        "the proxy of {proxy} cannot be reached: is it running, and is its address right? NO_PROXY names "
        "hosts that are reached without it"
    ),
    Cause.PROXY_DENIED: "the proxy of {proxy} does not let us through (403): allow {host}:443 there",
    Cause.PROXY_LOGIN: (
        "the proxy of {proxy} wants a user and a password (407): give them in its URL, percent-encoded: "
        "http://USER:PASSWORD@HOST:PORT"
    ),
    Cause.PROXY_FAILED: "the proxy of {proxy} could not connect to {host}: look at its log",
    Cause.CA_BUNDLE: (
        "{ca_bundle} is missing, cannot be read, or holds no certificate: mount it, or correct "
        "AWS_CA_BUNDLE (PEM)"
    ),
    Cause.CERTIFICATE: (
        "the certificate of {host} is of a CA that is not trusted here: where a proxy inspects TLS, or "
        "the endpoint has a private CA, name its PEM file in AWS_CA_BUNDLE (now: {ca_bundle})"
    ),
    Cause.CERTIFICATE_NAME: (
        "the certificate is for another name than {host}: endpoints.* has to be a name that is in it; "
        "with a VPC endpoint use its DNS name, not its address"
    ),
    Cause.CERTIFICATE_DATE: (
        "the certificate of {host} is not valid now: it has expired, or the clock of this machine is wrong"
    ),
    Cause.NO_TLS: (
        "{host} does not speak TLS on that port: is it http:// in endpoints.*, or a proxy's port?"
    ),
    Cause.TLS: (
        "TLS with {host} failed: something between (a proxy, a firewall) ends or changes the connection"
    ),
    Cause.GARBAGE: (
        "what has answered for {host} is not AWS, or the answer was damaged on its way: look at proxies, "
        "captive portals and endpoints.*"
    ),
    Cause.SERVER: (
        "AWS, or a proxy or endpoint before it, has a fault of its own: nothing to mend here; "
        "serve tries again by itself"
    ),
    Cause.THROTTLED: (
        "AWS is asked too often, by all programs of this account together: serve tries again, slower"
    ),
    Cause.CLOCK: (
        "the clock of this machine is wrong by minutes: set it (chronyc, timedatectl); AWS takes no "
        "request that is more than 5 minutes off"
    ),
    Cause.REGION_DISABLED: (
        "this Region is switched off for the account, or its STS is: set region to one that is on, as "
        "us-east-1, or switch STS on for it in IAM's account settings"
    ),
    Cause.REGION_WRONG: (
        "the endpoint is of another Region than region says: make region and endpoints.* agree"
    ),
    Cause.NO_CREDENTIALS: (
        "give credentials: keys in the environment, a profile, or the role of an instance, task or pod"
    ),
    Cause.CREDENTIALS: (
        "the source of the credentials failed: it is whichever comes first of environment, profile, web "
        "identity, container and instance"
    ),
    Cause.PARTIAL: ("half a pair of keys: give access key id and secret access key together, in one place"),
    Cause.MALFORMED: (
        "the credentials hold something that no key has, as a line break or a blank within: copy them anew"
    ),
    Cause.PROFILE: (
        "there is no such profile: look at profile (or AWS_PROFILE), AWS_CONFIG_FILE and "
        "AWS_SHARED_CREDENTIALS_FILE; is the file mounted, and HOME set?"
    ),
    Cause.PROFILE_INVALID: (
        "the AWS configuration (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or the AWS_* variables) is "
        "wrong there"
    ),
    Cause.PROCESS: (
        "credential_process failed: run its command as the exporter's user; what it printed is not shown, "
        "it may hold secrets"
    ),
    Cause.EXPIRED: (
        "the session is over: give new credentials; a role of an instance, task or pod (or role_arn) "
        "renews itself, AWS_SESSION_TOKEN does not"
    ),
    Cause.KEY_UNKNOWN: (
        "AWS does not know this access key: it was deleted, switched off, is of another partition, its "
        "session token is missing, or it is some seconds old (then try again)"
    ),
    Cause.SIGNATURE: "the secret access key does not belong to the access key id: give both anew",
    Cause.TOKEN_FILE: (
        "the web identity token {token_file} is empty or cannot be read: is the service account annotated "
        "with the role, the token volume mounted, and readable for this user?"
    ),
    Cause.WEB_TOKEN: (
        "AWS does not accept the web identity token: the role's account needs an IAM OIDC provider with "
        "this cluster's issuer, and sts.amazonaws.com as audience"
    ),
    Cause.WEB_TOKEN_EXPIRED: (
        "the web identity token is over: the kubelet renews its file, a copy of it is not renewed"
    ),
    Cause.WEB_TRUST: (
        "the role does not trust this service account: compare issuer, sub "
        "(system:serviceaccount:NAMESPACE:NAME) and aud in its trust policy"
    ),
    Cause.CALLER: (
        "allow {who} sts:AssumeRole on {resource}; print-iam-policy --principal exporter prints it"
    ),
    Cause.TRUST: (
        "{resource} does not trust {who}: its trust policy has to name it, the external id has to be the "
        "same, and {who} needs sts:AssumeRole on it"
    ),
    Cause.TAG_SESSION: (
        "the session passes on tags (EKS Pod Identity does): allow {who} sts:TagSession as well, in its "
        "policy and in the role's trust policy"
    ),
    Cause.DURATION: (
        "the role gives no session so long: make the profile's duration_seconds shorter, or raise "
        "the role's maximum session duration; a role assumed by a role gets one hour at most"
    ),
    Cause.MFA: (
        "this profile or role wants a code of an MFA device, which a program cannot give: use a role "
        "without that condition"
    ),
    Cause.SSO: (
        "the SSO session is over or not there: aws sso login --profile PROFILE as the same user; for a "
        "daemon use a role instead"
    ),
    Cause.LOGIN: (
        "the profile's aws login session cannot be used: aws login again as the same user; for a daemon "
        "use a role instead"
    ),
    Cause.LOGIN_EXTRA: (
        "what profiles of aws login take is not installed here: pip install 'org-access-exporter[login]', or "
        "use another profile; for a daemon use a role"
    ),
    Cause.POD_IDENTITY: (
        "there is no role for this pod or task: create the EKS Pod Identity association for its namespace "
        "and service account (or give the task a task role), then start the pod anew"
    ),
    Cause.POD_TRUST: (
        "the pod's role cannot be assumed: its trust policy has to allow pods.eks.amazonaws.com "
        "sts:AssumeRole and sts:TagSession"
    ),
    Cause.CONTAINER_TOKEN: (
        "the credentials agent refuses our token (AWS_CONTAINER_AUTHORIZATION_TOKEN or its file): start "
        "the pod anew; is the token volume mounted?"
    ),
    Cause.CONTAINER: (
        "the credentials agent of the pod or task does not answer: is EKS Pod Identity's agent running on "
        "the node, and may the pod reach it (169.254.170.23, NetworkPolicy)?"
    ),
    Cause.METADATA_HOPS: (
        "the instance metadata service takes connections and does not answer: in a container set "
        "HttpPutResponseHopLimit to 2, or use the pod's own role"
    ),
    Cause.METADATA_DENIED: (
        "the instance metadata service refuses us: it is switched off or firewalled; set HttpEndpoint to "
        "enabled, or use another source of credentials"
    ),
    Cause.METADATA_NO_ROLE: "the instance has no role: attach an instance profile to it",
    Cause.METADATA: (
        "the instance metadata service cannot give the role's credentials: does the role still exist, and "
        "does it trust ec2.amazonaws.com?"
    ),
    Cause.DEADLINE: (
        "whatever gives the credentials did not answer in time: a credential_process, SSO, STS or "
        "metadata service that hangs"
    ),
    Cause.DENIED: "allow {action} to {who}; print-iam-policy prints all that is needed",
    Cause.DENIED_IDENTITY: (
        "a policy denies {action} to {who} explicitly: allowing it elsewhere does not help, take the Deny "
        "away or except the role from it"
    ),
    Cause.DENIED_SCP: (
        "a service control policy denies {action} to {who}: SCPs bind member accounts only, so use a role "
        "of the management account, or except this one from the SCP"
    ),
    Cause.DENIED_RCP: "a resource control policy denies {action}: except {who} from it",
    Cause.DENIED_BOUNDARY: (
        "the permissions boundary of {who} does not allow {action}: extend the boundary; the policy alone "
        "does not help"
    ),
    Cause.DENIED_SESSION: (
        "the session was made with a policy that does not allow {action}: extend that session policy "
        "where the role is assumed"
    ),
    Cause.DENIED_ENDPOINT: "the policy of the VPC endpoint does not allow {action}: allow it there",
    Cause.SCPS_OFF: (
        "access reports take service control policies: switch them on for the root "
        "(organizations enable-policy-type); no permission is missing"
    ),
    Cause.NO_ORGANIZATION: (
        "this account is in no organization: use a role of the organization's management account"
    ),
    Cause.REPORT_DENIED: (
        "AWS could not look at the organization while it made the report: check-aws tells which "
        "permission is missing, or whether SCPs are switched off"
    ),
    Cause.ENTITY_PATH: (
        "the entity was moved or is gone: its path is looked up at the next discovery; with --entity ID "
        "at once"
    ),
    Cause.POLICY: "is it the id of a service control policy of this organization?",
    Cause.JOB: "AWS shows a report only to the credentials, and of a role to the session, that made it",
    Cause.JOB_LATE: (
        "the report took longer than allowed: --timeout (serve: collection.job_timeout) gives it longer"
    ),
    Cause.SLOT: (
        "somebody else's report is being made, AWS makes one at a time: a running exporter or console "
        "uses it too; --timeout waits longer"
    ),
}

_APIS = ("sts", "iam", "organizations", "dynamodb")


def remedy(cause: Cause, operation: str, message: str, evidence: Evidence | None = None) -> str:
    """What is wrong and what to do, on one line; empty where the cause is not known."""
    line = _LINES.get(cause, "")
    return line.format_map(_filling(operation, message, evidence or Evidence())) if "{" in line else line


def _filling(operation: str, message: str, evidence: Evidence) -> dict[str, str]:
    return {
        "host": evidence.host or "the endpoint",
        "api": _api(evidence.host, operation),
        "proxy": evidence.proxy or "the proxy's URL (HTTPS_PROXY)",
        "ca_bundle": evidence.ca_bundle or "AWS_CA_BUNDLE is not set",
        "token_file": evidence.token_file or "(AWS_WEB_IDENTITY_TOKEN_FILE)",
        "action": _said(r"perform: ([\w*-]+:[\w*]+)", message) or operation,
        "resource": _said(r"on resource: (\S+)", message) or evidence.role or "the role",
        "who": _said(r"User: (\S+)", message) or "the caller",
    }


def _api(host: str, operation: str) -> str:
    name = next((api for api in _APIS if re.search(rf"\b{api}\b", host)), "")
    return name or ("sts" if re.match(r"AssumeRole|GetCaller", operation) else "iam, organizations and sts")


def _said(pattern: str, message: str) -> str:
    found = re.search(pattern, message)
    return found[1].rstrip(".,;") if found else ""
