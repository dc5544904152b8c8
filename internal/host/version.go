package host

import "runtime/debug"

// release is the version that the linker is told: in the image there is neither
// a module's nor a commit's.
var release string

// Version is that of the release, else the module's, which names the commit when
// it was built in a repository.
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
