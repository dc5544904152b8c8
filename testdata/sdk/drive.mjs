// Asks a backend with the official SDKs of OpenAI and Anthropic for JavaScript. Arguments
// and output are those of drive.py.
import assert from 'node:assert'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const model = 'bench-model'
const [base, prompt] = process.argv.slice(2)
const ai = new OpenAI({ baseURL: base + '/v1', apiKey: 'mock', maxRetries: 0 })
const claude = new Anthropic({ baseURL: base, apiKey: 'mock', maxRetries: 0 })
const messages = [{ role: 'user', content: prompt }]
const input = [{ type: 'message', role: 'user', content: prompt }]

const tell = (api, stream, read) => console.log(JSON.stringify({ api, stream, ...read }))

const ofResponse = (r) => {
  assert(r.output.length === 1 && r.output[0].type === 'message' && r.error === null)
  return {
    id: r.id, text: r.output[0].content[0].text, role: r.output[0].role, finish: r.status,
    in: r.usage.input_tokens, out: r.usage.output_tokens, total: r.usage.total_tokens,
  }
}
const ofCompletion = (c) => {
  const [choice] = c.choices
  assert(c.choices.length === 1 && !choice.message.tool_calls?.length && choice.message.refusal === null)
  const read = { id: c.id, text: choice.message.content, role: choice.message.role, finish: choice.finish_reason }
  return c.usage ? { ...read, in: c.usage.prompt_tokens, out: c.usage.completion_tokens, total: c.usage.total_tokens } : read
}
const ofMessage = (m) => {
  assert(m.content.length === 1 && m.content[0].type === 'text' && m.type === 'message')
  const { input_tokens, output_tokens } = m.usage
  return {
    id: m.id, text: m.content[0].text, role: m.role, finish: m.stop_reason,
    in: input_tokens, out: output_tokens, total: input_tokens + output_tokens,
  }
}

tell('responses', false, ofResponse(await ai.responses.create({ model, input, store: false })))
{
  let deltas = ''
  const stream = ai.responses.stream({ model, input, store: false })
  stream.on('response.output_text.delta', (e) => { deltas += e.delta })
  tell('responses', true, { ...ofResponse(await stream.finalResponse()), deltas })
}

tell('chat', false, ofCompletion(await ai.chat.completions.create({ model, messages })))
for (const options of [{}, { stream_options: { include_usage: true } }]) {
  let deltas = ''
  const stream = ai.chat.completions.stream({ model, messages, ...options })
  stream.on('content', (delta) => { deltas += delta })
  tell('chat', true, { ...ofCompletion(await stream.finalChatCompletion()), deltas })
}

tell('messages', false, ofMessage(await claude.messages.create({ model, max_tokens: 1024, messages })))
{
  let deltas = ''
  const stream = claude.messages.stream({ model, max_tokens: 1024, messages })
  stream.on('text', (delta) => { deltas += delta })
  tell('messages', true, { ...ofMessage(await stream.finalMessage()), deltas })
}
