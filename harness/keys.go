package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
)

// keys makes the keys of all scenarios of a plan, by their ids: of the content
// of the packages and .org files that they use, whatever these are called, and of
// what the suite accepts today.
func (s *sources) keys(p *plan.Plan, engine, today string) (map[string]string, error) {
	prints := map[plan.Version][]string{}
	for _, v := range p.Versions() {
		pkg := s.get(v.Package, v.Name)
		for _, part := range []*metadata.Package{s.beside[pkg].before, pkg, s.beside[pkg].after} {
			if part != nil {
				prints[v] = append(prints[v], part.Fingerprint())
			}
		}
	}
	var expired []string // what the suite accepts no more
	for i, a := range p.Suite.Expect.Allow {
		if a.Expired(today) {
			expired = append(expired, fmt.Sprintf("acceptance %d expired", i))
		}
	}
	files := map[string]string{}
	keys := map[string]string{}
	for i := range p.Scenarios {
		sc := &p.Scenarios[i]
		contents := slices.Clone(expired)
		for _, dep := range p.Dependencies(sc.Package) {
			contents = append(contents, prints[dep]...)
		}
		for _, name := range slices.Concat(sc.Path, sc.Between) {
			contents = append(contents, prints[plan.Version{Package: sc.Package, Name: name}]...)
		}
		if file := sc.Org.File; file != "" {
			if files[file] == "" {
				// A file that can not be read is the scenario's own failure, told
				// when it is opened.
				files[file], _ = fileFingerprint(file)
			}
			contents = append(contents, files[file])
		}
		key, err := p.Key(sc, engine, contents)
		if err != nil {
			return nil, err
		}
		keys[sc.ID] = key
	}
	return keys, nil
}

func fileFingerprint(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16]), nil
}
