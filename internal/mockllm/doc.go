// Package mockllm is the mock LLM backend. It answers every API of llmapi, and
// anything else with an echo, as fast as one thread can or with configured
// delays. It counts connections and requests to show how a gateway uses them.
//
// It runs as a process of its own (Start, Main), so that its cost is not mistaken
// for the client's or the gateway's. One locked thread does everything: a
// goroutine per connection would answer in 64 µs on an idle machine instead of 15.
//
// It must not know gateways, load or rounds.
package mockllm
