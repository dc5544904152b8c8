package exchange

// The cases of [Failing]: what the backend does to a request for JSON or for a stream.
const (
	Refused       = "400"
	Unauthorised  = "401"
	NotFound      = "404"
	Limited       = "429" // with Retry-After
	Broken        = "500"
	Unavailable   = "503"
	LimitedStream = "429 for a stream"
	BrokenStream  = "500 for a stream"
	CutJSON       = "JSON cut"
	CutStream     = "stream cut"
	ErrorEvent    = "error event"
)

// Statuses are the cases in which the backend answers with an error status.
var Statuses = []string{Refused, Unauthorised, NotFound, Limited, Broken, Unavailable, LimitedStream, BrokenStream}
