package metadata

// Summary is what is in a package version, for showing it.
type Summary struct {
	Name               string       `json:"name"`
	Namespace          string       `json:"namespace,omitempty"`
	Kind               PackageKind  `json:"kind"`
	Version            Version      `json:"version"`
	VersionName        string       `json:"versionName,omitempty"`
	Ref                string       `json:"ref,omitempty"`
	Commit             string       `json:"commit,omitempty"`
	APIVersion         string       `json:"apiVersion,omitempty"`
	PostInstall        string       `json:"postInstall,omitempty"`
	PostInstallGuessed bool         `json:"postInstallGuessed,omitempty"`
	Uninstall          string       `json:"uninstall,omitempty"`
	Dependencies       []Dependency `json:"dependencies"`
	Features           []string     `json:"features"`
	Folders            []string     `json:"folders"`
	Total              int          `json:"total"`
	Kinds              []KindCount  `json:"kinds"` // sorted by kind
}

// KindCount is how many components of a kind a package has.
type KindCount struct {
	Kind  Kind `json:"kind"`
	Count int  `json:"count"`
}

// Summary tells what is in the package.
func (p *Package) Summary() Summary {
	s := Summary{
		Name: p.Name, Namespace: p.Namespace, Kind: p.Kind, Version: p.Version, VersionName: p.VersionName,
		Ref: p.Ref, Commit: p.Commit, APIVersion: p.APIVersion,
		PostInstall: p.PostInstall, PostInstallGuessed: p.PostInstallGuessed, Uninstall: p.Uninstall,
		Dependencies: append([]Dependency{}, p.Dependencies...), Features: append([]string{}, p.Features...),
		Folders: append([]string{}, p.Folders...), Total: len(p.Components), Kinds: []KindCount{},
	}
	for _, k := range p.Kinds() {
		s.Kinds = append(s.Kinds, KindCount{k, len(p.byKind[k])})
	}
	return s
}

// Difference is the difference of two versions as it is written in JSON:
// {"from", "to", "changes"}.
type Difference struct {
	From    string   `json:"from"` // how the caller names the versions
	To      string   `json:"to"`
	Changes []Change `json:"changes"` // never null
}

// Diff compares two versions under the names that the caller gives them.
func Diff(from, to string, before, after *Package) Difference {
	return Difference{From: from, To: to, Changes: append([]Change{}, Compare(before, after)...)}
}
