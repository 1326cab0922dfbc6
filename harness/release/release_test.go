package release

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

func TestParseTag(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"v1.2": "plain", "1.2.0": "plain", "rel/3.187": "plain", "rel/rel/3.1": "plain", "release-1.2.3": "plain",
		"v.2.1.0": "plain", "V2.0": "plain", "v1.5.3b": "plain", "4.0.0-9": "plain",
		"uat/3.188-Beta_2": "plain beta", "beta/1.7-Beta_7": "plain beta", "v4.8.0-beta": "plain beta", "2.0-rc1": "plain beta",
		"1.0b2": "plain beta", "1.0.0-alpha.1": "plain beta", "v1.0-uat": "plain beta",
		"core-v0.9": "core", "core@1.2.0": "core", "@scope/pkg@1.2.0": "@scope/pkg", "pkg2-1.0": "pkg2", "core-v1.0-beta": "core beta",
		"latest": "", "v12": "", "before-dx": "", "v1.2/notes": "",
	} {
		n, ok := parseTag(tag)
		got := ""
		if ok {
			got = n.style
			if got == "" {
				got = "plain"
			}
			if n.beta {
				got += " beta"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

// TestChoose takes the style that has most releases; betas make no style.
func TestChoose(t *testing.T) {
	t.Parallel()
	tags := func(names ...string) (list []source.Tag) {
		for _, n := range names {
			list = append(list, source.Tag{Name: n})
		}
		return list
	}
	for _, c := range []struct {
		tags []source.Tag
		opt  Options
		want string
	}{
		{tags("v1.0", "v1.1", "core-1.0"), Options{}, "v1.0 v1.1 | 0 betas | core 1"},
		{tags("a-1.0", "b-1.0", "b-1.1", "a-1.1-beta", "a-1.2-beta"), Options{}, "b-1.0 b-1.1 | 0 betas | a 1"},
		{tags("a-1.0", "b-1.0"), Options{}, "a-1.0 | 0 betas | b 1"},
		{tags("b-1.0", "v1.0"), Options{}, "v1.0 | 0 betas | b 1"},
		{tags("v1.0", "release/1.1", "uat/1.2-beta1"), Options{}, "v1.0 release/1.1 | 1 betas |"},
		{tags("v1.0", "uat/1.2-beta1"), Options{Betas: true}, "v1.0 uat/1.2-beta1 | 0 betas |"},
		{tags("v1.0", "v1.1", "core-1.0", "other-1.0"), Options{Tags: "core-*"}, "core-1.0 | 0 betas |"},
		{tags("notes", "v1"), Options{}, " | 0 betas |"},
	} {
		var l Log
		if err := l.choose(c.tags, c.opt); err != nil {
			t.Error(err)
		}
		var refs, others []string
		for _, r := range l.Releases {
			refs = append(refs, r.Ref)
		}
		for _, o := range l.Others {
			others = append(others, fmt.Sprint(o.Prefix, " ", o.Tags))
		}
		got := strings.TrimRight(fmt.Sprintf("%s | %d betas | %s", strings.Join(refs, " "), l.Betas, strings.Join(others, " ")), " ")
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.tags, got, c.want)
		}
	}
}

// TestWays tries the rules of upgrades on histories: "REF KIND [ANCESTOR [NAMESPACE]]".
func TestWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		history []string
		want    string // of the last one: what it descends from, then whence customers come
	}{
		{[]string{"1.0 managed", "1.1 managed", "1.2 managed"}, " < 1.0 1.1"},
		// Second generation: along the line of ancestors alone.
		{[]string{"1.0 managed", "1.1 managed 1.0.0", "1.2 managed 1.0.0", "1.3 managed 1.2.0.NEXT"}, "1.2 < 1.0 1.2"},
		{[]string{"1.0 managed", "1.1 managed HIGHEST", "1.1.1 managed 1.1.0", "1.2 managed HIGHEST"}, "1.1 < 1.0 1.1"},
		{[]string{"1.0 managed", "2.0 managed NONE"}, "NONE < "},
		// Of an id nothing is known but that it is a release.
		{[]string{"1.0 managed", "1.1 managed 05i000000000001"}, "05i000000000001 < 1.0"},
		{[]string{"1.0 unlocked", "1.0-rc1 unlocked", "1.1 unlocked"}, " < 1.0-rc1 1.0"},
		{[]string{"1.0 managed", "1.1-rc1 managed", "1.1 managed"}, " < 1.0"},
		// Numbers order them, not the order of tagging: a repair of an old line.
		{[]string{"1.0 managed", "2.0 managed", "1.0.1 managed"}, " < 1.0 1.0.1"},
		{[]string{"1.9 managed", "1.10 managed"}, " < 1.9"},
		// Another namespace is another package, in between as well.
		{[]string{"1.0 managed - old", "1.1 managed - new", "1.2 managed - old"}, " < 1.0"},
		{[]string{"1.0 managed - old", "1.1 managed", "1.2 managed - OLD"}, " < 1.0 1.1"},
	} {
		var l Log
		for i, line := range c.history {
			fields := append(strings.Fields(line), "", "")
			kind, _ := metadata.ParsePackageKind(fields[1])
			head := &metadata.Package{Kind: kind, Ancestor: strings.Trim(fields[2], "-"), Namespace: fields[3], Ref: fields[0]}
			head.Version, _ = metadata.ParseVersion(fields[0])
			n, _ := parseTag(fields[0])
			head.Version.Build = 0
			l.Releases = append(l.Releases, Release{Ref: fields[0], Commit: fmt.Sprint(i), Beta: n.beta, suffix: n.suffix,
				Date: time.Date(2024, 1, i+1, 0, 0, 0, 0, time.UTC), head: head})
		}
		l.settle()
		last := l.Releases[len(l.Releases)-1]
		if got := last.Ancestor + " < " + strings.Join(last.From, " "); got != c.want {
			t.Errorf("%v: %q, want %q", c.history, got, c.want)
		}
	}
}

// TestSettle holds what the list says of tags together: one commit with two tags
// is one release, a kind that one release says is that of all.
func TestSettle(t *testing.T) {
	t.Parallel()
	deduced := func(ref string, kind metadata.PackageKind) *metadata.Package {
		p := &metadata.Package{Ref: ref, Kind: kind, KindDeduced: true}
		p.Version, _ = metadata.ParseVersion(ref)
		return p
	}
	l := Log{Releases: []Release{
		{Ref: "v1.1", Commit: "b", head: deduced("v1.1", metadata.Managed)},
		{Ref: "v1.0", Commit: "a", head: deduced("v1.0", metadata.Unmanaged)},
		{Ref: "release/1.0", Commit: "a", head: deduced("release/1.0", metadata.Unmanaged)},
	}}
	l.settle()
	if len(l.Releases) != 2 || !slices.Equal(l.Releases[0].Also, []string{"v1.0"}) || l.Releases[0].Kind != "managed" {
		t.Errorf("%+v", l.Releases)
	}
	for name, want := range map[string]int{"v1.0": 0, "release/1.0": 0, "1.0": 0, "v1.1": 1, "1.2": -1, "v1": -1} {
		if got := l.Find(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	l.Releases[0].Unread = "broken"
	if got := l.Before(1); got != -1 {
		t.Errorf("upgrades from %d, which can not be read", got)
	}
}
