// Package exchange has the records of exchanges: what the backend was to do, what
// reached it, and what the client got. An exchange is one or a few requests that are
// sent to see how a gateway behaves, not how fast it is.
//
// It is pure, so that the mock, the client and those who judge share its words.
package exchange
