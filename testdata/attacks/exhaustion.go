package attacks

const roomKept = "room is kept on each disk, out of reach, before anything of the pull request runs; it is for what is given back and for the answers"

// Exhaustion are attacks by using up what a machine has. By them the job may lose its
// verdict, and the step then fails; nothing of the runner's is lost.
var Exhaustion = Family{
	Title: "What a machine runs out of",
	Test:  "internal/e2e/exhaust_test.go",
	Shown: true,
	Attacks: []Attack{
		{"fill the disk and fail", "git's configuration cannot be written again, nor an output that says what happened", roomKept},
		{"fill the disk and go on", "what is measured afterwards cannot be reported", roomKept},
		{"fill the disk as a gateway", "the same at run time, when builds are over", roomKept},
		{"take all files of the disk", "millions of empty files: there are bytes left, and no file can be made", roomKept},
		{"fill the disk when the action dies", "what the action keeps is free when it is killed", "the keeper keeps room of its own, and ends all processes first"},
		{"fill the directory for temporary files", "logs and scratch directories of the action lie there, too", roomKept + "; logs are bounded, and the step fails where a process can no longer be started"},
		{"print without end in a build", "the job's log fills the runner's disk", "what is shown and what is kept of an output are bounded"},
		{"print without end as a gateway", "its log fills the disk while it serves", "what is kept of an output is bounded"},
		{"hold all descriptors", "a gateway keeps every connection to the backend that can be opened", "the mock ends who it cannot take, and goes on; the step fails, and nothing of the runner's is lost"},
	},
}
