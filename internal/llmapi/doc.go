// Package llmapi is the LLM APIs as bytes: request bodies of an exact size, the
// answers of a model backend (a JSON body or a stream of server-sent events), and
// the check that an answer which came through a gateway is what the backend sent.
// A dialect holds everything in which one API differs from the others.
//
// It is pure: it knows no socket, clock, file or process, and of HTTP only paths
// and headers.
// The sender provides the send times.
package llmapi
