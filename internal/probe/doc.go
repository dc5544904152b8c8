// Package probe makes exchanges with gateways: a few requests in situations that no
// round has, such as errors of the backend, clients that go away or read slowly, and
// rests. What both ends saw is in records of package exchange.
//
// Nothing here is measured to the microsecond, so it uses net/http where load
// has a client of its own. It must not know how a gateway is started, nor judge
// what it sees.
package probe
