"""Who we are to AWS, how we call it, and what its refusals mean."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from collectors.retrying import Retry, asked_wait
from collectors.secret import Secret, SecretError, remember
from collectors.sources.contract import Settings
from collectors.sources.failures import Failure, SourceError

T = TypeVar("T")

SESSION_NAME: Final = "outlay"
CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 9
"""Of silence on a connection; below ten, so that cancelling is heard in time."""
_THROTTLED: Final = frozenset(
    {
        "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete", "ProvisionedThroughputExceeded",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "RequestTimeout", "SlowDown",
        "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "TransactionInProgress",
    }
)  # fmt: skip
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_UNKNOWN_KEY: Final = frozenset(
    {"AuthFailure", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken", "SignatureDoesNotMatch",
     "UnrecognizedClientException", "IncompleteSignature"}
)  # fmt: skip
_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden", "UnauthorizedOperation", "403"}
)


class AwsIdentity(Settings):
    """How the source signs in. With nothing set: the identity of the machine or container it runs on."""

    role_arn: str | None = None
    """Role to assume, in any partition. Preferred: no key is stored."""
    external_id: str | None = None
    """External id that the role's trust policy asks for."""
    profile: str | None = None
    """Profile of the shared configuration files on this machine."""
    web_identity_token_file: Path | None = None
    """File with a web identity token; needs role_arn."""
    access_key_id: Secret | None = None
    """Reference to an access key id, where nothing better is possible."""
    secret_access_key: Secret | None = None
    """Reference to the secret of that key."""
    region: str | None = None
    """Region of the bucket and of the sign-in service; us-east-1, or the one the role's partition has."""
    endpoint_url: str | None = None
    """Another address of the service: a private endpoint, a gateway, a compatible store."""


def client(identity: AwsIdentity, service: str, region: str | None = None) -> Any:
    """A client that never tries again by itself: `ask` does, in the open. Raises SourceError."""
    try:
        return _mapped(lambda: _client(identity, service, region), None)
    except OSError as error:
        text = f"A file of the identity cannot be read: {error.strerror or error}."
        raise SourceError("configuration", text) from error


def _client(identity: AwsIdentity, service: str, region: str | None) -> Any:
    import boto3
    from botocore.session import Session

    inner = Session(event_hooks=copy.copy(_handlers()), include_builtin_handlers=False)
    inner.register_component("data_loader", _descriptions())
    first = boto3.Session(
        botocore_session=inner,
        profile_name=identity.profile,
        region_name=identity.region or _region(identity.role_arn),
        aws_access_key_id=_revealed(identity.access_key_id),
        aws_secret_access_key=_revealed(identity.secret_access_key),
    )
    keys = _assumed(identity, first) if identity.role_arn else {}
    return first.client(service, config=_config(), endpoint_url=identity.endpoint_url, region_name=region, **keys)


@functools.cache
def _handlers() -> Any:
    """What the SDK does around calls: hundreds of handlers, checked and filed once and then copied for each session."""
    from botocore.hooks import HierarchicalEmitter
    from botocore.session import Session

    made = HierarchicalEmitter()
    Session(event_hooks=made)  # puts them there
    return made


@functools.cache
def _descriptions() -> Any:
    """What the SDK knows of the services: megabytes of JSON, read once and not for each client."""
    from botocore.loaders import Loader

    class Descriptions(Loader):  # type: ignore[misc]
        @property
        def search_paths(self) -> list[str]:
            return list(self._search_paths)  # each session adds its own folder, which holds nothing that we use

    return Descriptions()


def _config(**more: Any) -> Any:
    from botocore.config import Config

    return Config(
        retries={"total_max_attempts": 1},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        user_agent_extra="outlay",
        **more,
    )


def _assumed(identity: AwsIdentity, first: Any) -> dict[str, str]:
    """Short-lived keys of the role. Asked for anew for each month: an hour is longer than fetching may take."""
    wanted = {"RoleArn": identity.role_arn, "RoleSessionName": SESSION_NAME}
    if identity.web_identity_token_file:
        from botocore import UNSIGNED

        token = identity.web_identity_token_file.read_text("utf-8").strip()
        remember(token)
        signer = first.client("sts", config=_config(signature_version=UNSIGNED), endpoint_url=identity.endpoint_url)
        answer = signer.assume_role_with_web_identity(WebIdentityToken=token, **wanted)
    else:
        signer = first.client("sts", config=_config(), endpoint_url=identity.endpoint_url)
        extra = {"ExternalId": identity.external_id} if identity.external_id else {}
        answer = signer.assume_role(**wanted, **extra)
    found = answer["Credentials"]
    remember(found["SecretAccessKey"], found["SessionToken"])
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def _revealed(secret: Secret | None) -> str | None:
    return secret.reveal() if secret else None


def partition(arn: str | None) -> str:
    """aws, aws-cn, aws-us-gov, …: the second word of any ARN."""
    return arn.split(":")[1] if arn and arn.count(":") >= 5 else "aws"


def _region(arn: str | None) -> str:
    return {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}.get(partition(arn), "us-east-1")


def retry(while_waiting: Callable[[], None] = lambda: None) -> Retry:
    """Tries again; while it waits, `while_waiting` is called each second and may raise to cancel."""
    return Retry(on_wait=lambda _left: while_waiting())


def ask(work: Callable[[], T], action: str | None, *, again: Retry) -> T:
    """The answer of one call, tried again where that helps. `action` is the permission it needs, with its resource."""
    return again.call(lambda: _mapped(work, action))


def _mapped(work: Callable[[], T], action: str | None) -> T:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        return work()
    except ResponseParserError:  # quotes what was answered, so it is not chained
        raise SourceError(
            "data",
            "Something answered that is not AWS: its text is neither XML nor JSON.",
            next_step="Look for a proxy or a sign-in page between here and the cloud.",
        ) from None
    except ClientError as error:
        raise refusal(error.response, action) from error
    except BotoCoreError as error:
        raise _local(error) from error
    except SecretError as error:
        raise SourceError("configuration", str(error), next_step="Put the secret where the reference says.") from error
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        if not _of_parser(error):
            raise
        raise SourceError(
            "data",
            "Something answered that is not the service: its text is not what the service writes.",
            next_step="Look for a proxy or a sign-in page between here and the cloud.",
        ) from error


def _of_parser(error: Exception) -> bool:
    """Whether the SDK could not read an answer: its parsers raise whatever a web page makes them raise."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return at is not None and str(at.tb_frame.f_globals.get("__name__", "")).startswith("botocore.")


def refusal(response: Any, action: str | None) -> SourceError:
    """What an error answer means and who must act."""
    about = response.get("Error", {})
    code, said = str(about.get("Code", "")), str(about.get("Message", ""))
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0) or 0)
    wait = asked_wait(meta.get("HTTPHeaders", {}), datetime.now(UTC))
    if code in _THROTTLED or status == 429 or status >= 500:
        return SourceError("transient", f"AWS is busy ({code or status}).", wait_seconds=wait)
    if code == "RequestTimeTooSkewed":
        return SourceError(
            "configuration", "The clock of this machine is off by more than five minutes.", next_step="Set the clock."
        )
    if code in _EXPIRED:
        return SourceError(
            "configuration", f"The credentials have expired ({code}).", next_step="Renew the token or the profile."
        )
    if code in _UNKNOWN_KEY:
        return SourceError(
            "configuration", f"AWS does not accept the credentials ({code}).", next_step="Replace the key or role."
        )
    if code in _DENIED or status == 403:
        return _denied(said, action)
    return _other(code, said, status)


def _denied(said: str, action: str | None) -> SourceError:
    """With the permission to add. AWS names the action in its own words where it is another one than we asked."""
    missing = "kms:Decrypt on the key of the bucket" if "kms:" in said.casefold() else action
    if missing is None:
        return SourceError("configuration", "AWS refuses access.", next_step="Look at the policies of the role.")
    name, _, resource = missing.partition(" on ")
    line = f'{{"Effect":"Allow","Action":"{name}","Resource":"{resource or "*"}"}}'
    return SourceError(
        "configuration", f"{missing} is not allowed.", next_step=f"Grant {missing}.", missing=missing, line=line
    )


def _other(code: str, said: str, status: int) -> SourceError:
    kinds: dict[str, tuple[Failure, str, str | None]] = {
        "NoSuchBucket": ("configuration", "There is no bucket of this name.", "Check the name of the bucket."),
        "PermanentRedirect": ("configuration", "The bucket is in another region.", "Set region to that of the bucket."),
        "AuthorizationHeaderMalformed": (
            "configuration", "The bucket is in another region.", "Set region to that of the bucket.",
        ),
        "NoSuchKey": ("transient", "An object that was listed is not there (yet).", None),
        "404": ("transient", "An object that was listed is not there (yet).", None),
        "PreconditionFailed": ("transient", "An object was delivered anew while it was fetched.", None),
        "412": ("transient", "An object was delivered anew while it was fetched.", None),
        "InvalidObjectState": ("configuration", "An object lies in an archive class.", "Restore it, or ask for less."),
    }  # fmt: skip
    failure, text, step = kinds.get(code, ("configuration", f"AWS refused the call ({code or status}): {said}", None))
    return SourceError(failure, text, next_step=step)


def _local(error: Exception) -> SourceError:
    """What happened on our side of the connection."""
    from botocore import exceptions as known

    name = type(error).__name__
    passing = (known.HTTPClientError, known.IncompleteReadError, known.ChecksumError, known.MetadataRetrievalError)
    if isinstance(error, known.FlexibleChecksumError | known.ChecksumError):
        return SourceError("data", "The checksum of an object does not fit what arrived.")
    if isinstance(error, known.SSLError):
        return SourceError("configuration", "The connection is not trusted (TLS).", next_step="Check proxy and clock.")
    if isinstance(error, known.ParamValidationError):
        text = " ".join(str(error).split())
        return SourceError("configuration", f"A setting cannot be right: {text}", next_step="Mend that setting.")
    if isinstance(error, passing):
        return SourceError("transient", f"The connection to AWS failed ({name}).")
    return SourceError(
        "configuration", f"There are no usable AWS credentials ({name}).", next_step="Check role, profile or key."
    )
