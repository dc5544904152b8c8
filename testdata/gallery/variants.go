package gallery

import (
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Variant is a change of nginx's configuration that makes another gateway of it.
type Variant struct {
	Name     string // unique
	Is       string // as nginx's manual has it
	from, to string
	Shows    bench.BehaviourName // what it is found as
}

// Variants of nginx, none of which makes a request fail.
var Variants = []Variant{
	// nginx 1.22 passes the chunks of a stream on as they come also when it buffers, but
	// sends the head with the first of them; and it flushes what it compresses. Both are
	// told, and decide nothing.
	{"buffering", "proxy_buffering on", "proxy_buffering off;", "proxy_buffering on;", "holds-head"},
	{"nagle", "tcp_nodelay off", "access_log off;", "access_log off;\n      tcp_nodelay off;", "delayed-ack-stall"},
	{"gzip", "gzip on", "access_log off;", "access_log off;\n      gzip on;\n      gzip_proxied any;\n      gzip_types text/event-stream application/json;", "compresses-answers"},
	{"no-keepalive", "keepalive removed", "keepalive 64;", "", "connection-per-request"},
}

// Edit makes the variant's configuration of nginx's.
func (v Variant) Edit(config string) string { return strings.Replace(config, v.from, v.to, 1) }
