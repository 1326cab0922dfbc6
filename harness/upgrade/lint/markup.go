package lint

import (
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

var (
	markupComment = regexp.MustCompile(`(?s)<!--.*?-->`)
	markupTag     = regexp.MustCompile(`(?s)<([A-Za-z]+:[A-Za-z]+)\b((?:[^>"']|"[^"]*"|'[^']*')*)>`)
	markupValue   = regexp.MustCompile(`([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	scriptComment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	// publicMember is a property, accessor or method of a Lightning web
	// component that is marked as public.
	publicMember = regexp.MustCompile(`@api\s+(?:(?:async|get|set|static)\s+)?([A-Za-z_$][\w$]*)`)
)

// markupPromises are what subscribers may use of a component in markup: a
// global Visualforce or Aura component with its global attributes, methods and
// events (upgrade-rules.md, sections 3 and 12).
func markupPromises(m *metadata.Component) []promise {
	src := blank(markupComment, string(m.Source))
	var list []promise
	for i, at := range markupTag.FindAllStringSubmatchIndex(src, -1) {
		tag, values := src[at[2]:at[3]], map[string]string{}
		for _, v := range markupValue.FindAllStringSubmatch(src[at[4]:at[5]], -1) {
			values[strings.ToLower(v[1])] = v[2] + v[3]
		}
		global := strings.EqualFold(values["access"], "global")
		switch {
		case i == 0 && !global:
			return nil
		case i == 0:
			list = append(list, promise{key: "component " + m.Name, text: "global " + tag + " " + m.Name, span: spanAt(m, src, at[0])})
		case global && values["name"] != "":
			key := tag + " " + values["name"]
			text := "global " + key
			if t := values["type"]; t != "" {
				text += " of type " + t
			}
			list = append(list, promise{key: key, text: text, span: spanAt(m, src, at[0]), contract: strings.EqualFold(values["required"], "true"),
				owner: m.Name})
		}
	}
	return list
}

// publicMembers are the members that a Lightning web component offers, when
// pages of subscribers may use it at all.
func publicMembers(m *metadata.Component) []promise {
	if !m.Props.Bool("isExposed") {
		return nil
	}
	src := blank(scriptComment, string(m.Source))
	var list []promise
	for _, at := range publicMember.FindAllStringSubmatchIndex(src, -1) {
		name := src[at[2]:at[3]]
		list = append(list, promise{key: name, text: "@api " + name, span: spanAt(m, src, at[2])})
	}
	return list
}

// blank overwrites what a pattern finds, so that places stay where they are.
func blank(pattern *regexp.Regexp, src string) string {
	return pattern.ReplaceAllStringFunc(src, func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, s)
	})
}

func spanAt(m *metadata.Component, src string, offset int) diag.Span {
	line := 1 + strings.Count(src[:offset], "\n")
	return diag.Span{File: sourceFile(m), Line: line, Column: offset - strings.LastIndexByte(src[:offset], '\n')}
}

// sourceFile is the file that the text of a component is in; bundles are known
// by their description.
func sourceFile(m *metadata.Component) string {
	switch m.Kind {
	case metadata.LightningComponentBundle, metadata.AuraDefinitionBundle:
		return strings.TrimSuffix(m.Span.File, "-meta.xml")
	}
	return m.Span.File
}

// markup compares what components in markup offer to subscribers.
func (c *checker) markup(change metadata.Change) {
	if !c.managed() || change.Before == nil || change.After == nil {
		return
	}
	switch change.Kind {
	case metadata.ApexComponent, metadata.AuraDefinitionBundle:
		was, is := markupPromises(change.Before), markupPromises(change.After)
		c.broken(change.After, was, is)
		for _, p := range is {
			if old := promised(was, p.key); len(was) > 0 && p.contract && (old == nil || !old.contract) {
				problem := c.add(GlobalContractGrown, change.After, "", "whoever uses %s must now set %s", p.owner, p.key)
				problem.To, problem.Span = p.text, p.span
			}
		}
	case metadata.LightningComponentBundle:
		is := publicMembers(change.After)
		for _, p := range publicMembers(change.Before) {
			if change.After.Props.Bool("isExposed") && promised(is, p.key) == nil {
				problem := c.add(ExposureWithdrawn, change.After, "", "%s withdraws %s", change.Name, p.text)
				problem.From, problem.Span = p.text, diag.Span{File: sourceFile(change.After), Line: 1, Column: 1}
			}
		}
	}
}

func promised(list []promise, key string) *promise {
	for i := range list {
		if list[i].key == key {
			return &list[i]
		}
	}
	return nil
}
