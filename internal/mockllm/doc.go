// Package mockllm is the mock LLM backend. It answers every API of llmapi, and what
// gateways ask a backend for beside (health, models, embeddings), as fast as one
// thread can or with configured delays. It speaks HTTP/1.1, HTTP/1.0 and HTTP/2,
// with TLS and without. It counts connections and requests to show how a gateway
// uses them, and lists the requests that it could not serve.
//
// It runs as a process of its own (Start, Main), so that its cost is not mistaken
// for the client's or the gateway's. One locked thread does everything: a
// goroutine per connection would answer in 64 µs on an idle machine instead of 15.
// What the thread does not speak, HTTP/2, TLS and compressed requests, net/http
// does in front of it (see doors). For exchanges that show how a gateway behaves, net/http
// answers by scripts and keeps what was asked (see Perform).
//
// It must not know gateways, load or rounds.
package mockllm
