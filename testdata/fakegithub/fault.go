package fakegithub

import (
	"net/http"
	"strconv"
	"time"
)

// StoreOp is the operation of fetching an artifact's bytes.
const StoreOp = "store"

// Fault is put in the way of requests.
type Fault struct {
	Op     string // of the requests that it meets; empty: of all
	Writes bool   // only those that are no GET

	After int // lets so many pass
	Times int // then meets so many; 0: all that come

	Delay time.Duration // before anything is done
	Late  bool          // carries the request out before it answers otherwise
	Cut   bool          // breaks the answer off in the middle
	// Status answers with an error; 0: with what the request deserves.
	Status  int
	Header  map[string]string
	Message string

	met int
}

// ReadOnly is what a token that may only read is told.
func ReadOnly(op string) Fault {
	return Fault{
		Op: op, Writes: true, Status: http.StatusForbidden, Message: "Resource not accessible by integration",
		Header: map[string]string{"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"},
	}
}

// TooMany is a limit that says how long to wait, in whole seconds.
func TooMany(op string, wait time.Duration) Fault {
	return Fault{
		Op: op, Status: http.StatusTooManyRequests, Message: "Too Many Requests",
		Header: map[string]string{"Retry-After": strconv.Itoa(int(wait.Seconds()))},
	}
}

// Exhausted is the hourly limit.
func Exhausted(op string, reset time.Time) Fault {
	return Fault{
		Op: op, Status: http.StatusForbidden, Message: "API rate limit exceeded for installation",
		Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10)},
	}
}

// Failing answers with a status: 404, 410, 500.
func Failing(op string, status int) Fault {
	return Fault{Op: op, Status: status, Message: http.StatusText(status)}
}

// Slow answers late.
func Slow(op string, delay time.Duration) Fault { return Fault{Op: op, Delay: delay} }

// CutOff breaks answers off.
func CutOff(op string) Fault { return Fault{Op: op, Cut: true} }

// For bounds a fault to so many requests.
func (f Fault) For(times int) Fault {
	f.Times = times
	return f
}

// Inject puts a fault in the way. The first that fits meets a request.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Mend takes all faults away.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// meets counts a request that the fault is for, and says whether it strikes.
func (f *Fault) meets(r Request) bool {
	if f.Op != "" && f.Op != r.Op || f.Writes && r.Method == http.MethodGet {
		return false
	}
	f.met++
	return f.met > f.After && (f.Times == 0 || f.met <= f.After+f.Times)
}

func (s *Server) faultFor(r Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.meets(r) {
			return f
		}
	}
	return nil
}

// withFault answers a request with what it deserves, unless a fault strikes.
func (s *Server) withFault(w http.ResponseWriter, r *http.Request, seen Request, deserved func() answer) {
	f := s.faultFor(seen)
	if f == nil {
		s.send(w, seen, nil, deserved())
		return
	}
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done():
	case <-s.done:
	}
	if f.Status == 0 {
		s.send(w, seen, f, deserved())
		return
	}
	if f.Late {
		deserved()
	}
	a := problem(f.Status, f.Message)
	a.header = http.Header{}
	for name, value := range f.Header {
		a.header.Set(name, value)
	}
	s.send(w, seen, f, a)
}
