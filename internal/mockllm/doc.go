// Package mockllm is the mock LLM backend: it answers the three APIs of llmapi,
// and anything else with an echo, as fast as one thread can, or with the delays
// it is told to keep. It counts connections and requests, so that one knows how
// a gateway uses them.
//
// It runs as a process of its own (Start, Main), so that what it costs is not
// mistaken for the client's or the gateway's cost. One locked thread waits for
// readiness and deadlines and does everything: a goroutine per connection would
// answer in 64 µs on an idle machine instead of 15.
//
// It must not know gateways, load or rounds.
package mockllm
