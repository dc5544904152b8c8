package attacks

// Reasons that more than one attack fails by.
const (
	anotherUser = "builds and gateways are another user without rights"
	closed      = "while that user runs, the directory lets nobody but root in"
)

// Runner are attacks on what a runner gives to the action. A program tries them as a build
// and as a gateway in the action's container.
var Runner = Family{
	Title: "What the runner entrusts to the action",
	Test:  "testdata/hostile, internal/e2e/hostile_test.go",
	Shown: true,
	Attacks: []Attack{
		{"token in the environment", "a build inherits the environment of the action", "its environment is an allow-list"},
		{"token in another process's environment", "`/proc/PID/environ` of the action", anotherUser + "; the action's processes are not dumpable"},
		{"token in another process's memory", "`/proc/PID/mem` of the action", anotherUser + "; the action's processes are not dumpable"},
		{"token in git's configuration", "`actions/checkout` leaves it in `.git/config`", "it is taken out while anything runs, wherever a repository lies"},
		{"token in a file that steps share", "newer versions of `actions/checkout` leave it below `RUNNER_TEMP`", closed},
		{"write the runner's command files", "`verdict=pass >>$GITHUB_OUTPUT`", closed},
		{"add a command file", "a file of its own beside them", closed},
		{"open the command files' directory", "the workspace's owner owns it, too, and changes its mode", "it is root's meanwhile"},
		{"read the event", "`$GITHUB_EVENT_PATH`", closed},
		{"leave something in the next step's home", "`/github/home/.gitconfig` is read by later steps", closed},
		{"talk to Docker", "whoever opens the socket is root on the machine", "neither user nor group can open it, or nothing is run"},
		{"replace the program", "writes `/usr/local/bin/proxy-bench`", anotherUser},
		{"replace a compiler", "writes `/usr/local/go/bin/go`, which the base is built with", anotherUser},
		{"leave a program for us to run", "`/usr/local/sbin/git` comes first in `PATH`", anotherUser},
		{"have a library loaded into our programs", "`/etc/ld.so.preload`", anotherUser},
		{"configure git for all users", "`/etc/gitconfig`", anotherUser + "; our own git reads no such file"},
		{"send a server's name elsewhere", "a line in `/etc/hosts`", anotherUser},
		{"have us trust a server", "a certificate among those of the machine", anotherUser},
		{"add a user with all rights", "a line in `/etc/passwd`", anotherUser},
		{"become root", "`setuid(0)`", anotherUser},
		{"gain rights by a program that has them", "`su` is a set-user-ID program", "`no_new_privs` is set"},
		{"make a device", "`mknod` of the machine's memory or disk", anotherUser},
		{"hear what others send", "a raw socket sees all connections, also of base", anotherUser},
		{"write past the fence to the action's own output", "`/proc/1/fd/1`", anotherUser},
		{"signal the action's processes", "`kill -9 1`", anotherUser},
		{"trace the action's processes", "`ptrace` makes them run anything", anotherUser},
		{"run more processes than the machine bears", "forks until nothing else can start", "a limit on the user's processes"},
		{"find processes of an earlier build", "a process in a session of its own outlives its build, and measures or steals later", "a supervisor inherits all processes and ends them; before anything is given back the user has none"},
	},
}
