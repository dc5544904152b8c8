package exchange

// The situations. Each is made by a file of package probe, and looked at by
// behaviours.
const (
	JSON   Situation = "json"   // a request for a JSON answer, all well
	Stream Situation = "stream" // a request for a stream that comes at once, all well

	Alive Situation = "alive" // whether the gateway runs after all exchanges; made by session
)
