package attacks

const usersOfTheirOwn = "base has a user of its own, and so have its files"

// Base are attacks of head on the base that runs beside it, which make head look better.
var Base = Family{
	Title: "Head against base",
	Test:  "internal/sandbox/attack_base_test.go",
	Shown: true,
	Attacks: []Attack{
		{"stop base", "`kill -STOP` for a part of every slice", usersOfTheirOwn},
		{"end base", "`kill -9 -1` ends all processes of the user but its own", usersOfTheirOwn},
		{"slow base", "`renice` lowers its priority", usersOfTheirOwn},
		{"limit base", "`prlimit` bounds its memory and files", usersOfTheirOwn},
		{"look into base", "`/proc/PID/environ` and `/proc/PID/mem`", usersOfTheirOwn},
		{"take base's port", "a second socket on it, of the same user, gets a part of its requests", usersOfTheirOwn + "; the kernel lets only one user share a port"},
		{"change base's program", "writes what the next process of base is started from", usersOfTheirOwn},
		{"replace base's directory", "renames it and puts its own there", usersOfTheirOwn},
		{"change base's settings", "`.cargo/config.toml`, `.npmrc` or `.gitconfig` in its home", usersOfTheirOwn},
		{"poison base's compiler cache", "Go believes what `GOCACHE` holds", usersOfTheirOwn + "; only head's caches are kept"},
		{"poison base's sources", "Cargo and Go check what they download, and not what they have unpacked", usersOfTheirOwn + "; only head's caches are kept"},
		{"change base's compilers", "adds to rustup's toolchains, or changes one", "base has a directory of its own for them, with links to those of the image that nobody has changed"},
		{"change what is checked out", "a filter in `.git/config` rewrites base's files", "base comes out of a repository of ours, without settings of the workspace's"},
		{"put another commit in base's place", "`git replace`", "what is copied out of the workspace's repository is hashed again, without replacements"},
		{"change a file of base's in the repository", "writes another object in the place of one", "what is copied out of the workspace's repository is hashed again"},
	},
}
