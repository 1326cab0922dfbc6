package scenarios

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/release"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// draftReleases is how many releases customers are taken to be on.
const draftReleases = 3

// Draft looks at the repository of a package and writes a suite for it, with
// comments that say where each line comes from: its releases to the files as they
// are, orgs as its scratch definitions have them, what its script and its objects
// give to expect. dir is the folder that the suite will lie in. What comes back
// can be read by Parse.
func Draft(ctx context.Context, path, dir string) ([]byte, error) {
	d := &draft{path: path}
	var err error
	if d.shown, err = relative(dir, path); err != nil {
		return nil, err
	}
	if err := d.versions(ctx); err != nil {
		return nil, err
	}
	opt := source.Options{Ref: d.target.Ref}
	if d.pkg, _, err = source.Read(ctx, path, opt); err != nil {
		return nil, err
	}
	d.definitions()
	return []byte(d.text()), nil
}

// relative is a path as seen from the folder of the suite, where it lies in or
// beside it.
func relative(dir, path string) (string, error) {
	from, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(from, to)
	if err != nil || strings.HasPrefix(filepath.ToSlash(rel), "../../..") {
		return filepath.ToSlash(to), nil
	}
	return filepath.ToSlash(rel), nil
}

// draft is what a repository says of a suite.
type draft struct {
	path, shown string
	log         *release.Log
	from        []suite.Version // oldest first
	target      suite.Version
	whence      string // why these versions
	pkg         *metadata.Package
	orgs        []definition
}

// asItIs names the version that the files are.
const asItIs = "working-tree"

// versions chooses what is upgraded and to what.
func (d *draft) versions(ctx context.Context) error {
	history, err := source.OpenHistory(d.path)
	if err != nil {
		return fmt.Errorf("%w; a suite upgrades from one version to another, and without a history there is one alone", err)
	}
	if d.log, err = release.List(ctx, d.path, release.Options{}); err != nil {
		return err
	}
	if len(d.log.Releases) == 0 {
		return d.fromCommits(ctx, history)
	}
	last := len(d.log.Releases) - 1
	head, err := history.Resolve("")
	if err != nil {
		return err
	}
	files := history.Worktree() && d.log.Releases[last].Commit != head
	if clean := false; history.Worktree() && !files {
		if clean, err = history.Clean(); err != nil {
			return err
		}
		files = !clean
	}
	var from []string
	if files {
		d.whence = "the last releases to the files as they are, with what is not committed"
		number := d.log.Releases[last].Number
		d.target = suite.Version{Name: asItIs, Path: d.shown, Number: metadata.Version{Major: number.Major, Minor: number.Minor + 1}.String()}
		now, err := source.Head(ctx, d.path, source.Options{})
		if err != nil {
			return err
		}
		for _, r := range d.log.Releases {
			if r.Unread == "" && release.SamePackage(r.Namespace, now.Namespace) {
				from = append(from, r.Ref)
			}
		}
	} else {
		d.whence = "the releases before the last one to that one"
		r := d.log.Releases[last]
		d.target = suite.Version{Name: r.Ref, Ref: r.Ref, Number: r.Number.String()}
		for _, ref := range r.From {
			if d.log.Releases[d.log.Find(ref)].Unread == "" {
				from = append(from, ref)
			}
		}
	}
	if len(from) == 0 {
		return fmt.Errorf("%s has no release that customers can upgrade from; see: rehearse package versions %s", d.path, d.path)
	}
	for _, ref := range from[max(0, len(from)-draftReleases):] {
		r := d.log.Releases[d.log.Find(ref)]
		d.from = append(d.from, suite.Version{Name: r.Ref, Ref: r.Ref, Number: r.Number.String()})
	}
	return nil
}

// fromCommits goes from the last commit whose package is another to HEAD, where no
// tag says what was released.
func (d *draft) fromCommits(ctx context.Context, history *source.History) error {
	head, err := history.Resolve("")
	if err != nil {
		return err
	}
	commits, err := history.Reach(ctx, head)
	if err != nil {
		return err
	}
	now, err := d.contents(ctx, history, head)
	if err != nil {
		return err
	}
	d.target = suite.Version{Name: "head", Ref: "HEAD"}
	for _, c := range commits[1:] {
		was, err := d.contents(ctx, history, c.ID)
		if err != nil || was == now {
			continue // no package yet, or the same one
		}
		d.whence = "no tag says what was released: the last commit with another package to HEAD; tag releases and name them here"
		d.from = []suite.Version{{Name: "before", Ref: c.ID}}
		return nil
	}
	if d.log.Shallow {
		return fmt.Errorf("%s is a shallow clone of one version; fetch its history with: git fetch --tags --unshallow", d.path)
	}
	return fmt.Errorf("%s has one version of the package alone; there is nothing to upgrade from", d.path)
}

func (d *draft) contents(ctx context.Context, history *source.History, commit string) (string, error) {
	head, err := source.Head(ctx, d.path, source.Options{Ref: commit})
	if err != nil {
		return "", err
	}
	return history.Contents(commit, append(source.ProjectFiles(), head.Folders...))
}

// definition is a scratch org definition.
type definition struct {
	name, file string
	edition    string
	features   []string // those that are known
	unknown    []string
}

// definitions reads the scratch org definitions beside the project, those with
// other features and editions than the ones before.
func (d *draft) definitions() {
	var files []string
	for _, pattern := range []string{"orgs/*.json", "config/*scratch*.json", "config/*/*scratch*.json"} {
		found, _ := filepath.Glob(filepath.Join(d.path, filepath.FromSlash(pattern)))
		files = append(files, found...)
	}
	seen := map[string]bool{"|": true}
	for _, file := range files {
		text, err := os.ReadFile(file)
		var said struct {
			Edition  string `json:"edition"`
			Features any    `json:"features"`
		}
		if err != nil || json.Unmarshal(text, &said) != nil {
			continue
		}
		rel, _ := filepath.Rel(d.path, file)
		def := definition{file: filepath.ToSlash(rel), name: orgName(filepath.Base(file))}
		if edition := strings.TrimPrefix(said.Edition, "Partner ") + " Edition"; suite.KnownEdition(edition) && edition != "Enterprise Edition" {
			def.edition = edition
		}
		for _, feature := range featuresIn(said.Features) {
			if suite.KnownFeature(feature) {
				def.features = append(def.features, feature)
			} else {
				def.unknown = append(def.unknown, feature)
			}
		}
		slices.Sort(def.features)
		key := def.edition + "|" + strings.Join(def.features, ",")
		if !seen[key] {
			seen[key] = true
			d.orgs = append(d.orgs, def)
		}
	}
}

// featuresIn reads features as a list or as one text: "A;B".
func featuresIn(said any) []string {
	var list []string
	switch v := said.(type) {
	case string:
		list = strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == ',' || unicode.IsSpace(r) })
	case []any:
		for _, each := range v {
			if s, ok := each.(string); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// notInNames is what names of a suite can not have.
var notInNames = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// orgName names an org after a scratch definition.
func orgName(file string) string {
	name := strings.TrimSuffix(file, ".json")
	for _, end := range []string{"-scratch-def", "_scratch_def", "-scratch-org", "-def"} {
		name = strings.TrimSuffix(name, end)
	}
	return suiteWord(name, "scratch")
}

// suiteWord is a text as a name of a suite.
func suiteWord(text string, otherwise string) string {
	return cmp.Or(strings.Trim(notInNames.ReplaceAllString(text, "-"), "-._"), otherwise)
}
