"""What goes wrong between here and the Hub, as one sentence each."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import cast

from llmfit_tui.core.errors import LlmfitError, printable


class RepositoryProblem(LlmfitError):
    """A repository that could not be read."""

    unreadable = True


@contextmanager
def told(what: str, endpoint: str, timeout: float) -> Generator[None, None, None]:
    """Everything that can go wrong on the way, as one sentence."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    # The errors of the library's HTTP client, whichever client its version uses.
    client_error = cast("type[Exception]", HfHubHTTPError.__bases__[0])
    try:
        yield
    except OfflineModeIsEnabled as problem:
        raise RepositoryProblem(
            f"{what}: HF_HUB_OFFLINE is set, so nothing is asked of the Hub."
        ) from problem
    except HfHubHTTPError as problem:
        answer = problem.response
        code = answer.status_code
        raise RepositoryProblem(f"{what}: {_refusal(code, endpoint, answer.headers)}.") from problem
    except (client_error, OSError, ValueError) as problem:
        kind = type(problem).__name__
        if "Timeout" in kind:
            raise RepositoryProblem(f"{what}: {endpoint} did not answer within {timeout:g} s.") from problem
        if "Protocol" in kind:
            raise RepositoryProblem(f"{what}: the answer of {endpoint} broke off.") from problem
        reason = printable(str(problem)) or kind
        raise RepositoryProblem(
            f"{what}: {endpoint} cannot be reached: {reason[:160].rstrip('.')}."
        ) from problem


def _refusal(code: int, endpoint: str, headers: Mapping[str, str]) -> str:
    """What a status means to a person."""
    if code in {401, 403}:
        return (
            f"{endpoint} refuses it ({code}): it does not exist, or it is private or gated and HF_TOKEN gives"
            " no access to it"
        )
    if code == 404:
        return f"{endpoint} has no such repository or file (404)"
    if code == 429:
        wait = headers.get("Retry-After", "")
        after = f"try again in {wait} s" if wait.isdigit() else "try again later"
        return f"{endpoint} has had too many requests (429); {after}"
    return f"{endpoint} answered with an error ({code})"
