package fakegithub

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed openapi-pruned.json
var description []byte // GitHub's own

// router finds the operation of a request in the description, which is read
// once for all servers.
var router = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(description)
	if err != nil {
		return nil, fmt.Errorf("GitHub's description: %w", err)
	}
	doc.Servers = nil // wherever we listen
	// The description says that a head always has a repository. It has none once
	// the fork is deleted.
	for _, name := range []string{"pull-request", "pull-request-simple"} {
		orNull(doc.Components.Schemas[name].Value.Properties["head"].Value, "repo")
	}
	orNull(doc.Components.Schemas["workflow-run"].Value, "head_repository")
	return gorillamux.NewRouter(doc)
})

func orNull(schema *openapi3.Schema, property string) {
	copied := *schema.Properties[property].Value
	copied.Nullable = true
	schema.Properties[property] = &openapi3.SchemaRef{Value: &copied}
}

// described finds a request in the description.
func described(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	router, err := router()
	if err != nil {
		return nil, err
	}
	route, path, err := router.FindRoute(r)
	if err != nil {
		return nil, err
	}
	return &openapi3filter.RequestValidationInput{Request: r, PathParams: path, Route: route}, nil
}

// checkRequest holds a request against the description, which on its own would
// let a query pass that it does not know.
func checkRequest(input *openapi3filter.RequestValidationInput) error {
	for name := range input.Request.URL.Query() {
		if input.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("there is no query %q", name)
		}
	}
	return openapi3filter.ValidateRequest(context.Background(), input)
}

// complete encodes an answer, with what the description requires beyond what
// the operation has said, and holds it against the description.
func complete(input *openapi3filter.RequestValidationInput, a answer) (json.RawMessage, error) {
	var body []byte
	if a.body != nil {
		var err error
		if body, err = json.Marshal(fill(schemaOf(input.Route.Operation, a.status), a.body)); err != nil {
			return nil, err
		}
	}
	header := a.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.status, Header: header,
		// GitHub may fail in ways that the description does not list.
		Options: &openapi3filter.Options{IncludeResponseStatus: a.status < 400},
	}
	response.SetBodyBytes(body)
	return body, openapi3filter.ValidateResponse(context.Background(), response)
}

func schemaOf(o *openapi3.Operation, status int) *openapi3.Schema {
	if r := o.Responses.Status(status); r != nil && r.Value != nil {
		if content := r.Value.Content.Get("application/json"); content != nil && content.Schema != nil {
			return content.Schema.Value
		}
	}
	return nil
}
