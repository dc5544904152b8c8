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

// Failures lists those that are failures.
func Failures() []Failure { return []Failure{RateLimited, ServerError, Cut} }

// Status is that of the HTTP response.
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

// ErrorBody is the JSON body of a response with the status, 429 or 500, in the
// shape that the API gives its errors.
func ErrorBody(api API, status int) []byte {
	kind, code, message := "server_error", "null", "the backend failed on purpose"
	if status == RateLimited.Status() {
		kind, code, message = "requests", `"rate_limit_exceeded"`, "the backend limits the rate on purpose"
	}
	if api != Messages {
		return []byte(`{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":` + code + `}}`)
	}
	kind = "api_error"
	if status == RateLimited.Status() {
		kind = "rate_limit_error"
	}
	return []byte(`{"type":"error","error":{"type":"` + kind + `","message":"` + message + `"}}`)
}
