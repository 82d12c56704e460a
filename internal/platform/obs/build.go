package obs

import "runtime/debug"

// Build says what is running.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"` // the commit, with + when the tree had changes
	Go       string `json:"go"`
}

// ReadBuild returns the version and what the Go toolchain noted.
func ReadBuild(version string) Build {
	b := Build{Version: version, Revision: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	b.Revision += changed
	return b
}
