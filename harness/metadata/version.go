package metadata

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Version is a package version number. The zero Version is "not known".
type Version struct{ Major, Minor, Patch, Build int }

// versionPattern finds a number in what projects write: "4.3.0.NEXT",
// "rel/3.187", "v4.4.0", "release/1.6", "4.0.0-9", "uat/3.188-Beta_2", "v.2.1.0".
var versionPattern = regexp.MustCompile(`(?i)(?:^|[^0-9.])(?:v\.?)?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:[.-](?:Beta[_ ]?)?(\d{1,9}))?`)

// ParseVersion reads a version number out of a versionNumber of a project file
// or the name of a tag; ok is false when there is none.
func ParseVersion(s string) (v Version, ok bool) {
	all := versionPattern.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return Version{}, false
	}
	m := all[len(all)-1]
	for i, at := range []*int{&v.Major, &v.Minor, &v.Patch, &v.Build} {
		if m[i+1] != "" {
			*at, _ = strconv.Atoi(m[i+1])
		}
	}
	return v, true
}

// Compare is negative, zero or positive as v is older than, the same as or
// newer than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor),
		cmp.Compare(v.Patch, w.Patch), cmp.Compare(v.Build, w.Build))
}

// IsZero says that the version is not known.
func (v Version) IsZero() bool { return v == Version{} }

// String is the shortest usual spelling: "3.188", "4.3.1", "4.3.0.2".
func (v Version) String() string {
	switch {
	case v.Build != 0:
		return fmt.Sprintf("%d.%d.%d.%d", v.Major, v.Minor, v.Patch, v.Build)
	case v.Patch != 0:
		return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	default:
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
}

// MarshalText makes a version read as its number in JSON.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// NumberOf is the number of one version of a package, by the first that has one:
// what the user says it is, what the project files say, the names that it goes by
// (a tag, the name in a suite). ok is false when none has one.
func NumberOf(said string, files Version, names ...string) (v Version, ok bool) {
	if v, ok = ParseVersion(said); ok {
		return v, true
	}
	if !files.IsZero() {
		return files, true
	}
	for _, name := range names {
		if v, ok = ParseVersion(name); ok {
			return v, true
		}
	}
	return Version{}, false
}

// NumberedByRefs gives versions the numbers of their tags where the project
// files contradict the tags, by their order or in some of the versions: many
// projects are numbered by the tool that releases them, and their files keep an
// old number. Versions of which a ref is no number stay as they are; the packages
// given are not changed.
func NumberedByRefs(versions []*Package) []*Package {
	numbers := make([]Version, len(versions))
	contradicted, asTagged := false, 0
	for i, p := range versions {
		number, ok := ParseVersion(p.Ref)
		if !ok {
			return versions
		}
		numbers[i] = number
		if p.Version.Major == number.Major && p.Version.Minor == number.Minor && p.Version.Patch == number.Patch {
			asTagged++
		}
		for j, other := range versions[:i] {
			order := numbers[j].Compare(number)
			contradicted = contradicted || order != 0 && other.Version.Compare(p.Version) != order
		}
	}
	if !contradicted && (asTagged == 0 || asTagged == len(versions)) {
		return versions
	}
	renumbered := make([]*Package, len(versions))
	for i, p := range versions {
		head := *p
		head.Version = numbers[i]
		renumbered[i] = &head
	}
	return renumbered
}

// OfOneKind makes the versions of a package agree on how it is delivered. One whose
// project lists released versions and no ancestor makes those unlocked that were
// taken for managed by their namespace; one that is managed (its post-install class
// came later than the others) makes all of those managed of which nothing else is
// known. The packages given are not changed.
func OfOneKind(versions []*Package) []*Package {
	agreed := slices.Clone(versions)
	become := func(i int, kind PackageKind) {
		head := *agreed[i]
		head.Kind = kind
		agreed[i] = &head
	}
	unlocked := slices.ContainsFunc(agreed, func(p *Package) bool { return p.Kind == Unlocked && !p.KindDeduced })
	for i, p := range agreed {
		if unlocked && p.KindDeduced && p.Kind == Managed && p.PostInstall == "" {
			become(i, Unlocked)
		}
	}
	if !slices.ContainsFunc(agreed, func(p *Package) bool { return p.Kind == Managed }) {
		return agreed
	}
	for i, p := range agreed {
		if p.KindDeduced && p.Kind != Managed {
			become(i, Managed)
		}
	}
	return agreed
}
