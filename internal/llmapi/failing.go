package llmapi

// OnPurpose is in the message of every failure of the backend.
const OnPurpose = "on purpose"

// ErrorBody is the JSON body of a response with a status that is none of success.
func ErrorBody(api API, status int) []byte {
	message := "the backend failed " + OnPurpose
	if status == RateLimited.Status() {
		message = "the backend limits the rate " + OnPurpose
	}
	return []byte(api.dialect().fail(status, message))
}

// ErrorFrame is the event that ends a stream which the backend cannot go on with, behind
// so many others.
func ErrorFrame(api API, behind int) Frame {
	s := script{dialect: api.dialect()}
	event, data := s.failEvent(behind, "the backend fails "+OnPurpose+" inside of the stream")
	s.plain(Terminal, event, data)
	return s.frames[0]
}

// openAIError is an error body of both OpenAI APIs.
func openAIError(status int, message string) string {
	kind, code := "server_error", "null"
	switch status {
	case 429:
		kind, code = "requests", `"rate_limit_exceeded"`
	case 401:
		kind, code = "invalid_request_error", `"invalid_api_key"`
	case 404:
		kind, code = "invalid_request_error", `"model_not_found"`
	default:
		if status < 500 {
			kind = "invalid_request_error"
		}
	}
	return `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":` + code + `}}`
}

// anthropicError is an error body of the Messages API, and the data of an error event.
func anthropicError(status int, message string) string {
	kind, known := map[int]string{
		400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
		404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error",
	}[status]
	if !known {
		kind = "api_error"
	}
	return `{"type":"error","error":{"type":"` + kind + `","message":"` + message + `"}}`
}
