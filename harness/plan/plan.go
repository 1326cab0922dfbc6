// Package plan lists what a suite comes to, as data, before anything runs: every
// scenario with its seed, and the tree that shows them (tree.go).
//
// New crosses the upgrades of a suite with its orgs and modes. Seeds are derived
// from the suite's by label (Seed), so that one org more moves no other; the
// same suite gives the same plan. A scenario's Key (key.go) names all that its
// outcome depends on.
//
// Nothing here reads a package or makes an org.
package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// Plan is every scenario of a suite.
type Plan struct {
	Suite     *suite.Suite
	Scenarios []Scenario
}

// Scenario is one upgrade in one org, to come.
type Scenario struct {
	ID      string
	Package string
	Path    []string // version names, oldest first
	Org     suite.Org
	Seed    uint64          // of the org
	Install install.Options // of the upgrades
	Traffic int             // business transactions a phase, where the org has rows
	Depth   suite.Depth     // how far its experiments go
	// Twins says that the same work of users is done in both versions.
	Twins bool
	// Fresh says that the upgraded org is held against one that installs the
	// last version at once: in one scenario of each way.
	Fresh bool
	// TellsVersions says that what the versions tell by themselves is told here: in
	// one scenario of each way, where the upgraded org is held against a fresh one
	// if there is such.
	TellsVersions bool
	// Between are the versions that the way leaves out, where going through
	// them is compared with leaving them out.
	Between []string
	Where   string // of the suite file, where it names the way: "suite.yaml:12:5"; empty for a suite made from flags
}

// Shallow reports whether a quick suite left orgs and questions out.
func (p *Plan) Shallow() bool { return p.Suite.HowDeep() == suite.Quick }

// From is the version that the scenario starts with.
func (sc *Scenario) From() string { return sc.Path[0] }

// To is the version that it ends with.
func (sc *Scenario) To() string { return sc.Path[len(sc.Path)-1] }

// New crosses the upgrades of a suite with its orgs and modes. An org has the
// same seed in all its scenarios, so that they start from equal orgs.
func New(s *suite.Suite) (*Plan, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	p := &Plan{Suite: s}
	for i := range s.Upgrades {
		u := &s.Upgrades[i]
		for _, o := range orgsOf(s, u) {
			seed := Seed(s.Seed, "org/"+o.Name)
			if o.Seed != nil {
				seed = *o.Seed
			}
			for _, opt := range s.Installs(u) {
				p.Scenarios = append(p.Scenarios, Scenario{
					ID:      strings.Join([]string{s.Name, u.Package, strings.Join(u.Path, "-to-"), o.Name, string(opt.Mode)}, "/"),
					Package: u.Package, Path: u.Path, Org: o, Seed: seed, Install: opt, Traffic: s.TrafficIn(&o), Depth: s.HowDeep(), Where: u.Where,
				})
			}
		}
	}
	p.askFresh()
	p.askTwins()
	return p, nil
}

// orgsOf lists the orgs of an upgrade: of a quick suite one, the first that has
// rows.
func orgsOf(s *suite.Suite, u *suite.Upgrade) []suite.Org {
	var orgs []suite.Org
	for _, o := range s.Orgs {
		if len(u.Orgs) == 0 || slices.Contains(u.Orgs, o.Name) {
			orgs = append(orgs, o)
		}
	}
	if s.HowDeep() != suite.Quick || len(orgs) == 0 {
		return orgs
	}
	populated := slices.IndexFunc(orgs, func(o suite.Org) bool { return !IsPristine(&o) })
	return orgs[max(populated, 0):][:1]
}

// Only keeps the scenarios whose id or org matches the pattern: a glob of the
// whole id, a plain substring of it, or an org's name. It fails when nothing
// is left.
func (p *Plan) Only(pattern string) (*Plan, error) {
	if pattern == "" {
		return p, nil
	}
	kept := *p
	kept.Scenarios = nil
	for _, sc := range p.Scenarios {
		glob, err := path.Match(pattern, sc.ID)
		if err != nil {
			return nil, fmt.Errorf("--only %q: %w; use *, ? and [a-z] as in file names", pattern, err)
		}
		if glob || pattern == sc.Org.Name || strings.Contains(sc.ID, pattern) {
			kept.Scenarios = append(kept.Scenarios, sc)
		}
	}
	if len(kept.Scenarios) == 0 {
		return nil, fmt.Errorf("--only %q matches none of the %d scenarios; see them with --plan", pattern, len(p.Scenarios))
	}
	return &kept, nil
}

// Reproduce is the command that runs one scenario again.
func (p *Plan) Reproduce(id string) string {
	args := p.Suite.Flags
	if len(args) == 0 {
		args = []string{"run", p.Suite.File}
	}
	words := []string{"rehearse"}
	for _, a := range append(args[:len(args):len(args)], "--only", id) {
		words = append(words, shellWord(a))
	}
	return strings.Join(words, " ")
}

// shellWord quotes an argument for a shell where that is needed.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=@:+,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Seed makes the seed of one named stream from another seed. Streams with
// different labels are independent, so that one more draw in one of them moves
// no other.
func Seed(seed uint64, label string) uint64 {
	var in [8]byte
	binary.BigEndian.PutUint64(in[:], seed)
	sum := sha256.Sum256(append(in[:], label...))
	// 53 bits: any JSON reader keeps the number exactly.
	return binary.BigEndian.Uint64(sum[:8]) >> 11
}
