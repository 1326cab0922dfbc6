package schema

import "strings"

// suffixes that make a name custom, without the separator
// (system-fields.md, section 5).
var customSuffixes = []string{"c", "r", "mdt", "e", "b", "x", "s", "pc", "pr", "kav", "ka",
	"share", "history", "feed", "changeevent", "tag", "chn", "dlm", "hd", "p", "xo"}

// Qualify puts a namespace in front of a custom name that has none: in ns,
// "Foo__c" becomes "ns__Foo__c". Standard names, names with a namespace, and
// every name when ns is empty stay as they are.
func Qualify(ns, name string) string {
	if ns == "" {
		return name
	}
	has, base, suffix := SplitName(name)
	if suffix == "" || has != "" {
		return name
	}
	return ns + "__" + base + "__" + suffix
}

// SplitName takes a name apart: "ns__Foo__c" gives "ns", "Foo", "c"; "Foo__c"
// gives "", "Foo", "c"; a standard name gives itself as the base alone.
func SplitName(name string) (ns, base, suffix string) {
	i := strings.LastIndex(name, "__")
	if i <= 0 || i+2 >= len(name) || !isCustomSuffix(name[i+2:]) {
		return "", name, ""
	}
	base, suffix = name[:i], name[i+2:]
	if equalFold(suffix, "s") { // Loc__Latitude__s: the part belongs to the base
		if j := strings.LastIndex(base, "__"); j > 0 {
			if k := strings.Index(base[:j], "__"); k > 0 {
				return base[:k], base[k+2:], suffix
			}
		}
		return "", base, suffix
	}
	if k := strings.Index(base, "__"); k > 0 {
		return base[:k], base[k+2:], suffix
	}
	return "", base, suffix
}

func isCustomSuffix(s string) bool {
	for _, c := range customSuffixes {
		if equalFold(c, s) {
			return true
		}
	}
	return false
}
