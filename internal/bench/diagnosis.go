package bench

// DiagnosisName names what a gateway does wrong, as far as its times and
// counters tell.
type DiagnosisName string

// The diagnoses.
const (
	DelayedACK      DiagnosisName = "delayed-ack-stall"
	BufferedAnswer  DiagnosisName = "buffered-answer"
	CoalescedEvents DiagnosisName = "coalesced-events"
	HeldHead        DiagnosisName = "held-head"
	Queueing        DiagnosisName = "queueing"
	ConnectionChurn DiagnosisName = "connection-churn"
	CostPerByte     DiagnosisName = "cost-per-byte"
	FixedCost       DiagnosisName = "fixed-cost"
	StreamDamage    DiagnosisName = "stream-damage"
	FailingRequests DiagnosisName = "failing-requests"
	RareStall       DiagnosisName = "rare-stall"
	MemoryGrowth    DiagnosisName = "memory-growth"
	BackgroundCPU   DiagnosisName = "background-cpu"
	SaturatedRig    DiagnosisName = "saturated-rig"

	// Only with probes.
	IgnoredDisconnect  DiagnosisName = "ignored-disconnect"
	UnboundedBuffering DiagnosisName = "unbounded-buffering"
	SlowAfterIdle      DiagnosisName = "slow-after-idle"
)

// Course is what became of a diagnosis from base to head.
type Course string

// The courses.
const (
	Appeared Course = "new"  // the base does not have it
	Remained Course = "kept" // the base has it, too
	Vanished Course = "gone" // only the base has it
)

// Diagnosis explains figures. It has no say in an outcome.
type Diagnosis struct {
	Name      DiagnosisName `json:"name"`
	Arm       Arm           `json:"arm"`              // that has it; Base only when it is gone
	Course    Course        `json:"course,omitempty"` // absent where there is no base
	Scenarios []string      `json:"scenarios"`        // in the order of the suite; none where a probe shows it
	Seen      string        `json:"seen"`             // with its figures, of the scenario where it shows most
	Look      string        `json:"look"`             // at what in the gateway's code
}

// DiagnosisText is what a DiagnosisName means.
type DiagnosisText struct {
	Title string // what the gateway looks like it has: "a delayed-ACK stall"
	Look  string // what to look at in its code
}

var diagnosisTexts = map[DiagnosisName]DiagnosisText{
	DelayedACK:      {"a delayed-ACK stall (Nagle left on)", "TCP_NODELAY on the accepted socket; a head and a body that are written separately"},
	BufferedAnswer:  {"a stream that is buffered whole", "whatever reads the upstream's body to its end before it writes: a compressor, a logger, a body that is collected"},
	CoalescedEvents: {"events that are sent in batches", "a buffered writer without a flush after each event, or a timer that flushes"},
	HeldHead:        {"a response head that waits for the first event", "a flush after the head; a framework that sends the head with the first bytes of the body"},
	Queueing:        {"requests that wait in line for one another", "a lock that is held while the upstream is awaited, a connection pool that is too small, a blocking call on an event loop"},
	ConnectionChurn: {"upstream connections that are not reused", "keep-alive of the upstream client, its limit of idle connections, bodies that are not read to their end, a client made anew for each request"},
	CostPerByte:     {"a cost per byte of the request body", "bodies that are parsed, copied or serialised again; the buffer that they are collected in"},
	FixedCost:       {"a fixed cost of each request", "what each request goes through whatever its size: middleware, logging, authentication, a lookup"},
	StreamDamage:    {"answers that do not arrive as they were sent", "how the upstream's events are split, joined and forwarded, and what is left in a buffer at the end"},
	FailingRequests: {"requests that fail", "the gateway's log; limits, time-outs, and kept-alive connections that the other side has closed"},
	RareStall:       {"a rare long stall", "pauses of the collector, locks that are held rarely and long, retries, time-outs of a second or so, DNS"},
	MemoryGrowth:    {"memory that grows with every request", "what outlives its request: maps, caches without a limit, goroutines and tasks that do not end"},
	BackgroundCPU:   {"CPU time that is used while nothing is asked", "busy loops, timers that fire often, polling"},
	SaturatedRig:    {"a limit of the measurement, not of the gateway", "nothing in the gateway: fewer requests in flight, or a machine with more CPUs, would show it"},

	IgnoredDisconnect:  {"an upstream stream that goes on without its client", "what cancels the upstream request when the client's connection ends; a task or thread of its own that reads the upstream"},
	UnboundedBuffering: {"answers that pile up for slow clients", "a queue without a limit between upstream and client; a body that is read whole before it is sent"},
	SlowAfterIdle:      {"a slow start after a rest", "pools and workers that shrink while nothing is asked, connections that are closed early, memory or configuration that is loaded anew"},
}

// Describe returns what n means; ok is false for a name this version does not
// know.
func (n DiagnosisName) Describe() (d DiagnosisText, ok bool) {
	d, ok = diagnosisTexts[n]
	return d, ok
}
