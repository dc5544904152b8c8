package llmapi

// Failure is how the backend fails a request, for the gateway to pass on.
type Failure string

// The failures.
const (
	NoFailure   Failure = ""
	RateLimited Failure = "429" // status 429, with Retry-After and an error body
	ServerError Failure = "500" // status 500, with an error body
	Cut         Failure = "cut" // the connection is closed half-way through the answer
)

// Failures lists those that can be asked for.
func Failures() []Failure { return []Failure{RateLimited, ServerError, Cut} }

// Status is the status of the HTTP response.
func (f Failure) Status() int {
	switch f {
	case RateLimited:
		return 429
	case ServerError:
		return 500
	default:
		return 200
	}
}
