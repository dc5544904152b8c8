package advice

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Answer is what came for one request to the gateway, or for most of many.
type Answer struct {
	API      string           // of the configuration: request.api
	Path     string           // that was asked for with POST
	Status   int              // of the answer; 0: there was none
	Location string           // of a redirect
	Class    bench.ErrorClass // of the error; empty: the answer was right
	Bytes    int              // of the request's body
	Upstream int64            // requests that reached the backend meanwhile; -1: not known
	Serves   []Served         // what else was tried and answered rightly
	Headers  []string         // names of the headers of request.headers
}

// Served is a path at which the gateway answered rightly, and what has to be set for
// it, such as "request.api: chat".
type Served struct{ Path, Setting string }

// Of says what to do about an answer; nothing about a right one.
func Of(a Answer) []string {
	switch {
	case a.Class == "":
		return nil
	case len(a.Serves) > 0:
		return elsewhere(a)
	case a.Status == 404 || a.Status == 405:
		return []string{fmt.Sprintf("the gateway does not serve POST %s: set request.api to the API that it serves (responses, chat or messages), "+
			"or request.path to its path", a.Path)}
	case a.Status == 401 || a.Status == 403:
		return []string{noAccess(a)}
	case a.Status >= 300 && a.Status < 400:
		return []string{redirected(a)}
	case a.Status == 413:
		return []string{fmt.Sprintf("the gateway refuses a body of %d bytes: raise its limit in gateway.start or gateway.env, or list smaller sizes in suite.body", a.Bytes)}
	case a.Status == 429:
		return []string{"the gateway limits its rate: raise its limit in gateway.start or gateway.env, or lower suite.concurrency"}
	case a.Status >= 400 && a.Status < 500:
		return []string{refused(a)}
	case a.Upstream == 0 && a.Class == bench.ErrBody:
		return []string{"nothing reached the backend: switch off the gateway's cache, or have gateway.start take the backend's address from $UPSTREAM_URL"}
	case a.Upstream == 0 && a.Status == 500:
		return []string{"the gateway failed before it asked the backend: its last output says why; gateway.env can give it a key that it misses " +
			"(OPENAI_API_KEY: mock), and the backend's address is $UPSTREAM_URL"}
	case a.Upstream == 0 && (a.Status >= 500 || a.Class == bench.ErrTimeout):
		return []string{"nothing reached the backend: have gateway.start take the backend's address from $UPSTREAM_URL, " +
			"or from $UPSTREAM_HOST and $UPSTREAM_PORT"}
	case a.Status >= 500:
		return []string{"the gateway failed by itself: its last output says more; gateway.env can raise its log level"}
	case a.Class == bench.ErrTimeout:
		return []string{"no complete answer in time: raise request.timeout if the gateway is that slow, or read its last output"}
	case a.Class == bench.ErrConnect:
		return []string{"nothing accepts connections: have gateway.start listen on 127.0.0.1:$PORT"}
	case a.Class == bench.ErrBody:
		return []string{"the answer is not what the backend sent: have gateway.start or gateway.env switch off what changes answers"}
	default:
		return []string{"the answer of the gateway is damaged: its last output may say why; gateway.env can raise its log level"}
	}
}

// elsewhere is about a gateway that answers other requests rightly.
func elsewhere(a Answer) []string {
	var all []string
	for _, s := range a.Serves {
		all = append(all, fmt.Sprintf("the gateway answers POST %s: set %s", s.Path, s.Setting))
	}
	return all
}

func noAccess(a Answer) string {
	what := "a key"
	if len(a.Headers) > 0 {
		what = "another key than " + strings.Join(a.Headers, ", ") + " of request.headers"
	}
	return fmt.Sprintf("the gateway wants %s (%d): set request.headers, such as Authorization: Bearer $NAME, "+
		"and $NAME to the key that gateway.start or gateway.env gives the gateway", what, a.Status)
}

func redirected(a Answer) string {
	if a.Location == "" {
		return fmt.Sprintf("the gateway redirects (%d) without saying where: set request.path to the path that it serves", a.Status)
	}
	return fmt.Sprintf("the gateway redirects (%d) to %s: set request.path to it", a.Status, a.Location)
}

// refused is about a request that the gateway, or the backend through it, takes
// for a wrong one.
func refused(a Answer) string {
	if a.Upstream > 0 {
		return fmt.Sprintf("the gateway passed the request on and answered %d: see what it asked the backend for", a.Status)
	}
	return fmt.Sprintf("the gateway refuses the request (%d): its answer says why; request.headers adds headers, "+
		"request.extra members of the body, and request.model names a model that it knows", a.Status)
}
