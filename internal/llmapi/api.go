package llmapi

import "fmt"

// API is one of the three request and answer formats.
type API string

// The APIs, by the names that the configuration uses.
const (
	Responses API = "responses" // OpenAI Responses
	Chat      API = "chat"      // OpenAI Chat Completions
	Messages  API = "messages"  // Anthropic Messages
)

// All lists the APIs in the order in which documentation names them.
func All() []API { return []API{Responses, Chat, Messages} }

// Parse reads an API's name.
func Parse(name string) (API, error) {
	switch api := API(name); api {
	case Responses, Chat, Messages:
		return api, nil
	}
	return "", fmt.Errorf("unknown API %q: use responses, chat or messages", name)
}

// Path is the path of the URL that requests are posted to.
func (a API) Path() string {
	switch a {
	case Chat:
		return "/v1/chat/completions"
	case Messages:
		return "/v1/messages"
	default:
		return "/v1/responses"
	}
}
