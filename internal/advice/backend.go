package advice

import (
	"fmt"
	"math"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// OfUnserved says what the gateway asked the backend for in vain, a line for each.
func OfUnserved(all []bench.Unserved) []string {
	var lines []string
	for _, u := range all {
		line := "the gateway asked the backend for " + u.String()
		if u.Method == "" {
			line = "the gateway sent the backend " + u.String()
		}
		if do := backendPath(u.Path); do != "" && u.Status == 404 {
			line += "; " + do
		}
		if strings.HasPrefix(u.Reason, bench.HandshakeFailed) {
			line += "; have it trust $UPSTREAM_CA, for many with SSL_CERT_FILE: $UPSTREAM_CA in gateway.env"
		}
		lines = append(lines, line)
	}
	return lines
}

// apiPaths are what gateways add to the address of a backend, without /v1.
var apiPaths = []string{"/responses", "/chat/completions", "/messages", "/embeddings", "/models"}

// addressed is where a gateway is given the address of its backend.
const addressed = " in gateway.start, gateway.env or request.headers"

// backendPath is what to do about a path that the backend does not have.
func backendPath(path string) string {
	path = strings.TrimSuffix(path, "/")
	if strings.HasPrefix(path, "/v1/v1/") {
		return "give it $UPSTREAM_URL without /v1" + addressed + ": it adds /v1 itself"
	}
	for _, api := range apiPaths {
		switch path {
		case api:
			return "give it $UPSTREAM_URL/v1" + addressed
		case "/v1" + api:
			return "it adds a slash: give it the backend's address without one at the end" + addressed
		}
	}
	return ""
}

// evenly is how far from 1 the upstream requests of one request may be and still
// count as 1: a request that is still on its way when the counters are read is a
// few in ten thousand.
const evenly = 0.005

// OfUpstream says in words that the gateway does not ask the backend once for
// each request; empty when it does.
func OfUpstream(perRequest float64) string {
	switch {
	case math.Abs(perRequest-1) < evenly:
		return ""
	case perRequest < 1:
		return fmt.Sprintf("answered without the backend (%.2f upstream requests for each): cached, joined, or answered by the gateway itself", perRequest)
	default:
		return fmt.Sprintf("more than one upstream request for each (%.2f): retried, doubled, or asked for more", perRequest)
	}
}

// OfListening says what to do about a gateway that does not listen where it is
// asked: wanted is 127.0.0.1:PORT, listens what its processes listen on. Empty
// when it listens there, or on every address at that port.
func OfListening(wanted string, listens []string) string {
	if len(listens) == 0 {
		return fmt.Sprintf("it listens nowhere yet: have gateway.start listen on %s (127.0.0.1:$PORT), or raise gateway.ready.timeout", wanted)
	}
	port := wanted[strings.LastIndexByte(wanted, ':')+1:]
	for _, at := range listens {
		if at == wanted || at == "0.0.0.0:"+port || at == "[::]:"+port {
			return ""
		}
	}
	return fmt.Sprintf("it listens on %s, not on %s: have gateway.start listen on 127.0.0.1:$PORT", strings.Join(listens, ", "), wanted)
}
