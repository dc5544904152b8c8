"""Checks request bodies against the types of the official SDKs.

Standard input has JSON lines {"name", "api", "stream", "body"}. The types are the
TypedDicts of the SDKs' create methods, and pydantic checks them strictly: nothing is
converted, and a member that the type does not have is an error. One line is printed for
each body that is wrong, and at last how many were checked."""

import json
import sys
from typing import Any

import anthropic.types
import openai.types.chat
import openai.types.responses
import pydantic
import typing_extensions

TYPES = {
    ("responses", False): openai.types.responses.response_create_params.ResponseCreateParamsNonStreaming,
    ("responses", True): openai.types.responses.response_create_params.ResponseCreateParamsStreaming,
    ("chat", False): openai.types.chat.completion_create_params.CompletionCreateParamsNonStreaming,
    ("chat", True): openai.types.chat.completion_create_params.CompletionCreateParamsStreaming,
    ("messages", False): anthropic.types.message_create_params.MessageCreateParamsNonStreaming,
    ("messages", True): anthropic.types.message_create_params.MessageCreateParamsStreaming,
}


def forbid_extra() -> None:
    """Makes every TypedDict of the SDKs refuse members that it does not have."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("openai.types", "anthropic.types")):
            for value in vars(module).values():
                if typing_extensions.is_typeddict(value):
                    value.__pydantic_config__ = pydantic.ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def exhaust(value: Any) -> None:
    """Reads everything: pydantic checks the items of an Iterable when they are read."""
    if isinstance(value, dict):
        for member in value.values():
            exhaust(member)
    elif not isinstance(value, (str, bytes)) and hasattr(value, "__iter__"):
        for item in value:
            exhaust(item)


def main() -> int:
    forbid_extra()
    adapters = {key: pydantic.TypeAdapter(kind) for key, kind in TYPES.items()}
    checked, wrong = 0, 0
    for line in sys.stdin:
        case = json.loads(line)
        checked += 1
        try:
            exhaust(adapters[case["api"], case["stream"]].validate_python(json.loads(case["body"]), strict=True))
        except pydantic.ValidationError as error:
            wrong += 1
            print(f"{case['name']}: {error}")
    print(f"{checked} checked, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
