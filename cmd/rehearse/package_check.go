package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

func (a *app) packageCheckCommand() *cobra.Command {
	var (
		src             sourceFlags
		path, to        string
		from            []string
		asJSON, asSARIF bool
		all             bool
	)
	cmd := &cobra.Command{
		Use:   "check --package PATH --from REF[,REF]... --to REF",
		Short: "Find what the platform refuses, never delivers or breaks, without any org",
		Long: `Find what the platform would refuse of a new version, what subscribers who
upgrade will never receive, and what breaks them although it is allowed. No org
is needed. Every problem has a stable code, a file and line of the new version,
the reason, and what to do instead.

--from takes several starting versions, oldest first; version gates of the
post-install script are tried for each of them, by hand and by push.

What is refused or breaks subscribers makes the exit status 1.
` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(from) == 0 || to == "" {
				return badInput{errors.New("say which versions to check: --from REF --to REF")}
			}
			if asJSON && asSARIF {
				return badInput{errors.New("--json and --sarif are two formats; choose one")}
			}
			opt := source.Options{Cache: source.NewCache(), Markup: true}
			var versions []*metadata.Package
			for _, given := range append(from[:len(from):len(from)], to) {
				p, err := src.version(cmd.Context(), a, path, given, opt)
				if err != nil {
					return fmt.Errorf("read %s: %w", given, err)
				}
				versions = append(versions, p)
			}
			versions = metadata.NumberedByRefs(versions)
			var old []lint.Old
			for i, name := range from {
				old = append(old, lint.Old{Name: name, Package: versions[i]})
			}
			return a.showCheck(lint.Check(old, to, versions[len(from)]), asJSON, asSARIF, all)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "package", "", "where the package's source is: `PATH`")
	flags.StringSliceVar(&from, "from", nil, "starting versions, oldest first: `REF` or directory (repeatable, or with commas)")
	flags.StringVar(&to, "to", "", "new version: `REF` or directory")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&asSARIF, "sarif", false, "print SARIF 2.1.0, as code hosts read it")
	flags.BoolVar(&all, "all", false, "print each of what only new installs receive, not its count by kind")
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

func (a *app) showCheck(r *lint.Report, asJSON, asSARIF, all bool) error {
	switch {
	case asSARIF:
		if err := r.WriteSARIF(a.out, version); err != nil {
			return err
		}
	case asJSON:
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			return err
		}
	default:
		a.printCheck(r, all)
	}
	if r.Count(lint.Refused)+r.Count(lint.Breaks) > 0 {
		return status(exitFindings)
	}
	return nil
}

// checkTitles introduce the effects.
var checkTitles = []struct {
	effect lint.Effect
	title  string
}{
	{lint.Refused, "Refused: the platform does not make or install this version"},
	{lint.Breaks, "Breaks subscribers, although the platform allows it"},
	{lint.Risk, "Goes wrong in some orgs"},
	{lint.Unreached, "Never reaches subscribers who upgrade"},
}

func (a *app) printCheck(r *lint.Report, all bool) {
	fmt.Fprintf(a.out, "%s to %s, %s package\n", strings.Join(r.From, ", "), r.To, r.Kind)
	for _, t := range checkTitles {
		n := r.Count(t.effect)
		if n == 0 {
			continue
		}
		fmt.Fprintf(a.out, "\n%s (%d)\n", t.title, n)
		if t.effect == lint.Unreached && !all {
			a.printCounts(r)
			continue
		}
		var last lint.Code
		for _, p := range r.Problems {
			if p.Effect != t.effect {
				continue
			}
			if p.Code != last {
				fmt.Fprintf(a.out, "\n  %s: %s\n    instead: %s\n    source: %s\n", p.Code, p.Why, p.Recipe, p.Source)
				last = p.Code
			}
			a.printProblem(p)
		}
	}
	if len(r.Gates) > 0 {
		fmt.Fprint(a.out, "\nBranches of the install script on version and mode\n")
	}
	for _, g := range r.Gates {
		fmt.Fprintf(a.out, "  %s: %s\n", g.Span, g.Condition)
		for _, side := range []struct {
			word string
			ways []string
		}{{"taken by", g.Taken}, {"not taken by", g.Passed}, {"left to the org by", g.Open}} {
			if len(side.ways) > 0 {
				fmt.Fprintf(a.out, "      %s %s\n", side.word, strings.Join(side.ways, ", "))
			}
		}
	}
	if len(r.Problems) == 0 {
		fmt.Fprintln(a.out, "nothing found")
	}
}

func (a *app) printProblem(p lint.Problem) {
	where := p.Span.String()
	if p.InRemoved {
		where += " (of the old version)"
	}
	versions := ""
	if len(p.Versions) > 0 {
		versions = " [from " + strings.Join(p.Versions, ", ") + "]"
	}
	fmt.Fprintf(a.out, "    %s\n      %s%s\n", where, p.Message, versions)
	if p.Platform != "" {
		fmt.Fprintf(a.out, "      the platform says: %s\n", p.Platform)
	}
}

// printCounts tells how many problems of each code and kind only new installs
// are spared.
func (a *app) printCounts(r *lint.Report) {
	type group struct {
		code lint.Code
		kind metadata.Kind
	}
	counts, first := map[group]int{}, map[group]string{}
	var order []group
	for _, p := range r.Problems {
		if p.Effect != lint.Unreached {
			continue
		}
		g := group{p.Code, p.Kind}
		if counts[g] == 0 {
			order, first[g] = append(order, g), p.Message
		}
		counts[g]++
	}
	for _, g := range order {
		fmt.Fprintf(a.out, "  %-28s %-24s %4d  such as: %s\n", g.code, g.kind, counts[g], first[g])
	}
	fmt.Fprintln(a.out, "  each of them: --all")
}
