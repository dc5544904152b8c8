package bench

import "slices"

// Work is what one request costs one process of a gateway, counted and not timed: the
// process serves one request at a time under a tool that counts.
type Work struct {
	Arm      Arm    `json:"arm"`
	Process  int    `json:"process"`  // from 1: pairs of one base and one head
	Scenario string `json:"scenario"` // Scenario.ID, with one request in flight
	// Instructions are those of a request, the mean of each batch of requests, without
	// what the process does when nothing is asked.
	Instructions []float64 `json:"instructions,omitempty"`
	// Idle is the instructions of a second in which nothing is asked.
	Idle float64 `json:"idle_instructions,omitempty"`
	// Allocations and SystemCalls are calls of a request, by name.
	Allocations map[string]float64 `json:"allocations,omitempty"`
	SystemCalls map[string]float64 `json:"system_calls,omitempty"`
	// Functions are those with the most instructions of their own, the most first.
	Functions []Function `json:"functions,omitempty"`
	// Uncounted says why there are no instructions, no system calls, or neither.
	Uncounted string `json:"uncounted,omitempty"`
}

// chance are the system calls with which a program waits, wakes others, asks for the time or
// for how many bytes have come (ioctl), or that its runtime makes when it likes. How many come with a request is chance; of all
// others the program decides.
var chance = []string{
	"clock_gettime", "clock_nanosleep", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd2", "exit",
	"futex", "futex_waitv", "getpid", "getrusage", "gettid", "gettimeofday", "io_getevents", "io_uring_enter", "ioctl", "madvise",
	"nanosleep", "pause", "poll", "ppoll", "pselect6", "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
	"rt_sigtimedwait", "sched_yield", "select", "setitimer", "sigaltstack", "tgkill", "time", "timer_settime", "timerfd_settime",
}

// Waits says whether a system call is one of those, rather than one that a program
// decides to make for a request.
func Waits(call string) bool { return slices.Contains(chance, call) }

// Function is what a function of a gateway does for a request. Its name comes from the
// gateway and may be anything.
type Function struct {
	Name         string  `json:"name"` // an address where there are no symbols
	File         string  `json:"file,omitempty"`
	Line         int     `json:"line,omitempty"`
	Module       string  `json:"module,omitempty"` // the program or library that it is in
	Instructions float64 `json:"instructions"`     // of its own, without what it calls
	Calls        float64 `json:"calls,omitempty"`
}

// Counting is what counts depend on: counts of two jobs can be compared where all is
// equal.
type Counting struct {
	Valgrind  string            `json:"valgrind,omitempty"`
	Tracer    string            `json:"tracer,omitempty"` // of system calls
	Libc      string            `json:"libc,omitempty"`
	Arch      string            `json:"arch"`
	Features  []string          `json:"cpu_features,omitempty"` // that a program under the tool sees
	Settings  map[string]string `json:"settings,omitempty"`     // such as GOMAXPROCS=1
	Uncounted string            `json:"uncounted,omitempty"`    // why there is nothing at all
	// Mixed is true of a merged run whose machines differ in one of these: it has those
	// of the first, and its counts are not compared with others.
	Mixed bool `json:"mixed,omitempty"`
}

// What of the work of a request has changed, beside the names of system calls and of
// kinds of them.
const (
	Instructions = "instructions"
	Allocations  = "allocations"
)

// WorkChange is what became of one part of the work of a request, in one scenario.
type WorkChange struct {
	Scenario string  `json:"scenario"`
	What     string  `json:"what"` // Instructions, Allocations, or system calls by name
	Base     float64 `json:"base"` // of a request, the mean of the process pairs
	Head     float64 `json:"head"`
	Spread   float64 `json:"spread,omitempty"` // by which batches differ, a share
	Pairs    int     `json:"process_pairs"`
	Outcome  Outcome `json:"outcome"` // Regression, else Pass: it is reported
	Text     string  `json:"text"`
	Look     string  `json:"look,omitempty"`
	// Functions are those whose own work grew most, the most first.
	Functions []FunctionChange `json:"functions,omitempty"`
}

// FunctionChange is what a function does for a request, with base and with head.
type FunctionChange struct {
	Name   string  `json:"name"`
	File   string  `json:"file,omitempty"`
	Line   int     `json:"line,omitempty"`
	Module string  `json:"module,omitempty"`
	Base   float64 `json:"base"` // instructions of its own
	Head   float64 `json:"head"`
	// BaseCalls and HeadCalls are how often it is called.
	BaseCalls float64 `json:"base_calls,omitempty"`
	HeadCalls float64 `json:"head_calls,omitempty"`
}
