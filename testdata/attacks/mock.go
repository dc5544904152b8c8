package attacks

const byKey = "scripts and counters are there for a key alone, which the action makes and no other process can read"

// Mock are attacks on the backend that measures what reaches it, which every gateway and
// build of the machine can connect to.
var Mock = Family{
	Title: "The mock backend",
	Test:  "internal/mockllm/attack_test.go",
	Shown: true,
	Attacks: []Attack{
		{"slow the mock for base", "sets a script, so that requests of base's rounds take the path of scripted answers", byKey},
		{"answer base's exchanges otherwise", "sets a script of its own under the number of one that is played to base", byKey},
		{"have requests forgotten", "sets a script anew, and with that its retries were never there", byKey},
		{"end the scripts", "sets none, and an error that base would have passed on never comes", byKey},
		{"hide connections", "asks for the counters first, and with that a connection counts no longer", byKey},
		{"answer in the mock's place", "binds a second socket to its port and gets a part of base's requests", "the mock shares its port with nobody"},
		{"take all connections of the mock", "opens more than it may have, in a build or beside base", "what it cannot take it ends, and goes on; what has ended is measured again or fails the step"},
	},
}
