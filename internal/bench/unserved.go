package bench

import "fmt"

// HandshakeFailed begins the reason of a connection with TLS that came to nothing.
const HandshakeFailed = "a TLS handshake that failed: "

// Unserved is a kind of request to the mock backend that it could not serve.
type Unserved struct {
	Method string  `json:"method,omitempty"` // empty where the request could not be read so far
	Path   string  `json:"path,omitempty"`   // without the query
	Status int     `json:"status,omitempty"` // of the mock's answer; 0: it closed the connection
	Reason string  `json:"reason"`
	Count  int64   `json:"count"`
	First  float64 `json:"first_seconds"` // of the first one, since the mock started
}

// String is "POST /v1/v1/responses (404, 20 times): the mock does not serve this path".
func (u Unserved) String() string {
	what := u.Method + " " + u.Path
	if u.Method == "" {
		what = "what is no request"
	}
	times := "once"
	if u.Count != 1 {
		times = fmt.Sprintf("%d times", u.Count)
	}
	if u.Status != 0 {
		times = fmt.Sprintf("%d, %s", u.Status, times)
	}
	return fmt.Sprintf("%s (%s): %s", what, times, u.Reason)
}
