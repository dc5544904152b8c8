"""Asks a backend with the official SDKs of OpenAI and Anthropic for Python.

The arguments are its base URL and the prompt. A JSON line is printed for each API, and
whether it was streamed, with what the SDK read."""

import json
import sys

import anthropic
import openai

MODEL = "bench-model"


def main() -> None:
    base, prompt = sys.argv[1:]
    ai = openai.OpenAI(base_url=base + "/v1", api_key="mock", max_retries=0)
    claude = anthropic.Anthropic(base_url=base, api_key="mock", max_retries=0)
    turn = [{"role": "user", "content": prompt}]
    item = [{"type": "message", "role": "user", "content": prompt}]

    response = ai.responses.create(model=MODEL, input=item, store=False)
    tell("responses", False, of_response(response))
    with ai.responses.stream(model=MODEL, input=item, store=False) as stream:
        events = list(stream)
        read = of_response(stream.get_final_response())
    read["deltas"] = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    tell("responses", True, read)

    tell("chat", False, of_completion(ai.chat.completions.create(model=MODEL, messages=turn)))
    for options in ({}, {"stream_options": {"include_usage": True}}):
        with ai.chat.completions.stream(model=MODEL, messages=turn, **options) as stream:
            events = list(stream)
            read = of_completion(stream.get_final_completion())
        read["deltas"] = "".join(e.delta for e in events if e.type == "content.delta")
        tell("chat", True, read)

    tell("messages", False, of_message(claude.messages.create(model=MODEL, max_tokens=1024, messages=turn)))
    with claude.messages.stream(model=MODEL, max_tokens=1024, messages=turn) as stream:
        deltas = "".join(stream.text_stream)
        read = of_message(stream.get_final_message())
    read["deltas"] = deltas
    tell("messages", True, read)


def tell(api, streamed, read):
    print(json.dumps({"api": api, "stream": streamed, **read}))


def of_response(r):
    (item,) = r.output
    assert item.type == "message" and r.error is None
    return {"id": r.id, "text": r.output_text, "role": item.role, "finish": r.status,
            "in": r.usage.input_tokens, "out": r.usage.output_tokens, "total": r.usage.total_tokens}


def of_completion(c):
    (choice,) = c.choices
    assert not choice.message.tool_calls and choice.message.refusal is None
    read = {"id": c.id, "text": choice.message.content, "role": choice.message.role, "finish": choice.finish_reason}
    if c.usage is not None:
        read |= {"in": c.usage.prompt_tokens, "out": c.usage.completion_tokens, "total": c.usage.total_tokens}
    return read


def of_message(m):
    (block,) = m.content
    assert block.type == "text" and m.type == "message"
    return {"id": m.id, "text": block.text, "role": m.role, "finish": m.stop_reason,
            "in": m.usage.input_tokens, "out": m.usage.output_tokens,
            "total": m.usage.input_tokens + m.usage.output_tokens}


if __name__ == "__main__":
    main()
