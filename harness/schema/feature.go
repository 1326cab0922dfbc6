package schema

import "strings"

// FeatureOf is the feature that brings a standard object (field "") or a
// standard field; "" when every org has it, when it is not known which one it
// is, or when there is no such thing.
func FeatureOf(object, field string) Feature {
	paragraph, ok := standardIndex().objects[strings.ToLower(object)]
	if !ok {
		return ""
	}
	head, rest, _ := strings.Cut(paragraph, "\n")
	if field == "" {
		return known(cells(strings.Split(head, "\t")).at(9))
	}
	for line := range strings.SplitSeq(rest, "\n") {
		if c := cells(strings.Split(line, "\t")); strings.EqualFold(c.at(0), field) {
			return known(c.at(11))
		}
	}
	return ""
}

// known leaves out the mark of fields that come with some feature or other.
func known(feature string) Feature {
	if feature == "?" {
		return ""
	}
	return Feature(feature)
}
