package attacks

const withinRoot = "files in the workspace are opened below its root, and no link leads out of it"

// Files are attacks by what lies where the action reads or writes.
var Files = Family{
	Title: "Links, pipes and devices in our way",
	Test:  "internal/workflow/attack_test.go",
	Shown: true,
	Attacks: []Attack{
		{"configuration that is a link", "`.proxy-bench.yml` names a secret file, which an error quotes", withinRoot},
		{"configuration that is a pipe", "reading it waits until the job's end", "it is opened without waiting, and must be a file"},
		{"configuration that is a directory", "a failure without a reason", "it must be a file"},
		{"configuration without an end", "fills our memory", "no more than 1 MB of it is read"},
		{"working directory that is a link", "the base is built, and results are left, elsewhere", withinRoot},
		{"result directory that is a link", "`.proxy-bench` is `/github/file_commands`: results are written there", withinRoot},
		{"result directory that is a file", "a failure after minutes of measuring", "what stands in the way is removed"},
		{"result that is a link", "`.proxy-bench/report/run.json` is a file of the runner", "the directory is made anew, and files in it, too"},
		{"result that is a pipe", "writing it waits until the job's end", "the directory is made anew"},
	},
}
