package release

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// name is a tag taken apart.
type name struct {
	style  string // "" for the plain ones: v1.2, release/1.2, 1.2
	suffix string // "-beta.1", "b"
	beta   bool
}

// tagPattern is a tag with a number of at least two parts: "rel/3.187",
// "core@1.2.0", "v1.2.3-beta", "uat/3.188-Beta_2".
var tagPattern = regexp.MustCompile(`(?i)^(.*?)(?:v\.?)?(\d{1,9}(?:\.\d{1,9}){1,3})([^/]*)$`)

// plainWords say no more than that a tag is a release.
var plainWords = []string{"v", "ver", "version", "versions", "rel", "release", "releases", "released", "tag", "tags", "prod", "production"}

// betaWords mark what is not a release yet.
var betaWords = []string{"alpha", "beta", "betas", "rc", "pre", "prerelease", "preview", "snapshot", "nightly", "canary", "dev", "develop",
	"uat", "test", "qa", "ci", "next", "draft", "internal", "experimental", "wip", "feature", "latest"}

// shortBeta is a beta as some write it: 1.0b2, 1.0a1. A letter alone is a release
// made again: 1.5.3b.
var shortBeta = regexp.MustCompile(`(?i)^[-_.]?(a|b|rc)\d+$`)

// words are the runs of letters of a text, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && r < 0x80 })
}

// parseTag takes a tag apart; ok is false for one that is no version.
func parseTag(tag string) (n name, ok bool) {
	m := tagPattern.FindStringSubmatch(tag)
	if m == nil {
		return name{}, false
	}
	n.suffix = m[3]
	n.beta = shortBeta.MatchString(n.suffix)
	plain := true
	for _, w := range words(m[1]) {
		n.beta = n.beta || slices.Contains(betaWords, w)
		plain = plain && (slices.Contains(plainWords, w) || slices.Contains(betaWords, w))
	}
	for _, w := range words(n.suffix) {
		n.beta = n.beta || slices.Contains(betaWords, w)
	}
	if !plain {
		n.style = strings.ToLower(strings.TrimRight(m[1], "-_/@. "))
	}
	return n, true
}

// choose takes the tags that are the package's history: those that match the
// glob, else those of the style that has most releases.
func (l *Log) choose(tags []source.Tag, opt Options) error {
	names := map[string]name{}
	count := map[string]int{}
	var fit []source.Tag
	for _, tag := range tags {
		n, ok := parseTag(tag.Name)
		if !ok {
			continue
		}
		if opt.Tags != "" {
			matched, err := path.Match(opt.Tags, tag.Name)
			if err != nil {
				return fmt.Errorf("take the tags like %q: %w", opt.Tags, err)
			}
			if !matched {
				continue
			}
			n.style = ""
		}
		names[tag.Name] = n
		fit = append(fit, tag)
		if !n.beta || opt.Betas {
			count[n.style]++
		}
	}
	style := commonest(count)
	for _, tag := range fit {
		n := names[tag.Name]
		switch {
		case n.style != style:
		case n.beta && !opt.Betas:
			l.Betas++
		default:
			l.Releases = append(l.Releases, Release{Ref: tag.Name, Commit: tag.Commit, Date: tag.Date, Beta: n.beta, suffix: n.suffix})
		}
	}
	for s, n := range count {
		if s != style {
			l.Others = append(l.Others, Style{s, n})
		}
	}
	slices.SortFunc(l.Others, func(a, b Style) int { return cmp.Or(cmp.Compare(b.Tags, a.Tags), strings.Compare(a.Prefix, b.Prefix)) })
	return nil
}

// commonest is the style with most tags; of equals the plain one, then by name.
func commonest(count map[string]int) string {
	best := ""
	for style, n := range count {
		if n > count[best] || n == count[best] && best != "" && style < best {
			best = style
		}
	}
	return best
}
