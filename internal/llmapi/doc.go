// Package llmapi is the three LLM APIs as bytes: request bodies of an exact
// size, the answers a model backend gives to them (one JSON body or a stream of
// server-sent events), and the check that an answer which came through a
// gateway is still what was sent.
//
// It is pure, bytes in and bytes out: it knows no socket, clock, file or
// process, and nothing of HTTP beyond the three paths. Send times are handed in
// by the one who sends.
package llmapi
