"""Prints the headers that the official SDKs send with every request, as JSON by API."""

import json

import anthropic
import openai

ai, claude = openai.OpenAI(api_key="mock"), anthropic.Anthropic(api_key="mock")
print(json.dumps({
    api: {name.lower(): value for name, value in client.default_headers.items() if isinstance(value, str)}
    for api, client in {"responses": ai, "chat": ai, "messages": claude}.items()
}))
