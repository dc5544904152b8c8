package contact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Advice says what to change, one line each, what matters most first. Each line
// names a setting or the thing to look at. It is empty for a gateway that is
// [Result.OK].
func (r Result) Advice() []string {
	wrong, found := r.firstWrong()
	if !found {
		return nil
	}
	var all []string
	for _, e := range slices.Concat(r.Asked, r.Others) {
		for _, request := range e.Unserved {
			all = append(all, unserved(request))
		}
	}
	answers := r.elsewhere()
	all = append(all, answers...)
	if len(answers) == 0 {
		all = append(all, wrong.advice(), r.leads())
	}
	if works := r.works(); works != "" {
		all = append(all, works)
	}
	var lines []string
	for _, line := range all {
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// elsewhere are the endpoints at which the gateway answers rightly.
func (r Result) elsewhere() []string {
	var all []string
	for _, e := range r.Others {
		if e.passed() && e.Mode == bench.JSON {
			all = append(all, fmt.Sprintf("answers %s: set %s", e.Endpoint, e.settings(r.Asked[0].Endpoint)))
		}
	}
	return all
}

// leads is the endpoint that exists, though its answer is not right.
func (r Result) leads() string {
	for _, e := range r.Others {
		if e.Status > 0 && !e.absent() && !e.passed() {
			return fmt.Sprintf("%s exists and answers %s: if that is the right one, set %s", e.Endpoint, e.outcome(), e.settings(r.Asked[0].Endpoint))
		}
	}
	return ""
}

// works is the mode that could be measured alone.
func (r Result) works() string {
	for _, e := range r.Asked {
		if e.passed() {
			return fmt.Sprintf("to measure only what works, set suite.modes: [%s]", e.Mode)
		}
	}
	return ""
}

// unserved explains a request that the backend does not serve.
func unserved(request string) string {
	line := "the gateway asked the backend for " + request
	if strings.Contains(request, "/v1/v1/") {
		return line + ": give it $UPSTREAM_URL without /v1 in gateway.start"
	}
	if !strings.Contains(request, " /v1/") {
		return line + ": give it $UPSTREAM_URL/v1 in gateway.start"
	}
	return line + ": correct the backend's address in gateway.start, or the path"
}

// advice is what to do about one exchange that did not go as it should.
func (e Exchange) advice() string {
	asked := fmt.Sprintf("%s, %s", e.Endpoint, kind(e.Mode))
	switch e.Class {
	case "":
		return asked + ": answered without the backend: does gateway.start give the gateway $UPSTREAM_URL, and is its cache off?"
	case bench.ErrConnect:
		return "the gateway takes no connection at " + e.URL + ": it has to listen on 127.0.0.1:$PORT (gateway.start)"
	case bench.ErrTimeout:
		return asked + ": no complete answer in time; a slow gateway needs a larger request.timeout" + e.asking()
	case bench.ErrStatus:
		return asked + e.statusAdvice()
	case bench.ErrBody:
		return asked + ": the answer is not what the backend sent; switch off what changes answers, or set another request.path" + e.asking()
	}
	return asked + ": " + e.outcome() + "; read the gateway's output" + e.asking()
}

// asking says whether the backend was asked.
func (e Exchange) asking() string {
	if e.Upstream == 0 {
		return ". The backend was not asked: does gateway.start give the gateway $UPSTREAM_URL?"
	}
	return ""
}

func (e Exchange) statusAdvice() string {
	status := fmt.Sprintf(": status %d", e.Status)
	switch {
	case e.Status == 401 || e.Status == 403:
		return status + ": it wants another key: set request.headers, such as {Authorization: Bearer $MY_KEY}"
	case e.absent():
		return status + ", and so are the usual paths: set request.path to one that the gateway serves"
	case e.Status == 429:
		return status + ": it limits the rate: raise or switch off its limit for the benchmark"
	case e.Status == 413:
		return status + ": the body is too large for it: raise its limit, or set suite.body to smaller sizes"
	case e.Status < 400:
		return status + ": it sends the client elsewhere: set request.path to where it answers itself"
	case e.Status < 500:
		return status + ": it refuses the request: set request.headers, request.model or request.extra as its documentation asks"
	case e.Upstream == 0:
		return status + " without asking the backend: does gateway.start give the gateway $UPSTREAM_URL?"
	}
	return status + " after it asked the backend: read the gateway's output"
}
