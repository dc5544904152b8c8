package mockllm

import (
	"bytes"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// route is what a request is for.
type route uint8

const (
	unknown     route = iota // a path that the mock does not have
	wrongMethod              // of a path that it has
	health
	models
	model
	embeddings
	stats
	answers // of the first API; those of the others follow
)

const (
	// statsPath is where the counters are read.
	statsPath = "/__mock/stats"
	// modelPath begins the path of one model.
	modelPath = "/v1/models/"
)

var apis = llmapi.All()

// The paths that the mock has, by what they are asked with: POST, or GET and HEAD.
var (
	posts = apiRoutes()
	gets  = map[string]route{"/health": health, "/v1/models": models, statsPath: stats}
)

func apiRoutes() map[string]route {
	routes := map[string]route{"/v1/embeddings": embeddings}
	for i, api := range apis {
		routes[api.Path()] = answers + route(i)
	}
	return routes
}

// served names everything that the mock serves, for whoever asked for something else.
var served = func() string {
	var all []string
	for path := range posts {
		all = append(all, "POST "+path)
	}
	slices.Sort(all)
	return strings.Join(append(all, "GET /v1/models", "GET "+modelPath+"{id}", "GET /health"), ", ")
}()

// keyQuery begins the query of a target that has the key.
const keyQuery = "key="

// opens reports whether a target may ask for counters and scripts.
func opens(key string, target []byte) bool {
	_, query, _ := bytes.Cut(target, []byte{'?'})
	given, _, _ := bytes.Cut(query, []byte{'&'})
	return key == "" || string(given) == keyQuery+key
}

// routeOf is what a request with this method and target is for. It does not allocate.
func routeOf(method, target []byte) route {
	path := pathOf(target)
	post, get := posts[string(path)], gets[string(path)]
	if id, ok := bytes.CutPrefix(path, []byte(modelPath)); ok && len(id) > 0 {
		get = model
	}
	switch string(method) {
	case "POST":
		if post != unknown {
			return post
		}
	case "GET", "HEAD":
		if get != unknown {
			return get
		}
	}
	if post != unknown || get != unknown {
		return wrongMethod
	}
	return unknown
}

// pathOf is the path of a target: without the query, and without the scheme and
// host that a request to a proxy has in front (RFC 9112, 3.2.2).
func pathOf(target []byte) []byte {
	if i := bytes.Index(target, []byte("://")); i > 0 && target[0] != '/' {
		target = target[i+len("://"):]
		slash := bytes.IndexByte(target, '/')
		if slash < 0 {
			return []byte("/")
		}
		target = target[slash:]
	}
	path, _, _ := bytes.Cut(target, []byte{'?'})
	return path
}

// methodsOf are the methods of a path that the mock has.
func methodsOf(path []byte) string {
	if posts[string(path)] != unknown {
		return "POST"
	}
	return "GET, HEAD"
}

// kinds names what is counted apart.
var kinds = func() map[route]string {
	all := map[route]string{model: modelPath + "{id}"}
	for path, r := range posts {
		all[r] = path
	}
	for path, r := range gets {
		all[r] = path
	}
	return all
}()
