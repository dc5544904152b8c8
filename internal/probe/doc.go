// Package probe looks at what no round has: clients that go away in the middle
// of a stream, clients that read slowly, and the first request after a rest. It
// tells what became of the mock's streams, of the gateway's memory and of the
// other requests.
//
// Nothing here is measured to the microsecond, so it uses net/http where load
// has a client of its own. It must not know how a gateway is started, nor judge
// what it sees.
package probe
