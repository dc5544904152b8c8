package host

import "runtime/debug"

// release is the version that the linker is told: in the image there is neither
// a module's nor a commit's.
var release string

// Version is that of the release, else the module's, or the commit it was built
// from.
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "devel"
}
