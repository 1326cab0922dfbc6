package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/release"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

func (a *app) packageVersionsCommand() *cobra.Command {
	var (
		src    sourceFlags
		opt    release.Options
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "versions PATH",
		Short: "List the releases of a package, and which upgrades customers can make",
		Long: `List the releases of a package by the tags of its repository, oldest first:
number, date, kind, tag, what a version descends from, and from which releases
customers can upgrade to it.

Tags are taken in any style (v1.2, rel/1.2, release/1.2.0); the commonest one is
the history of the package, others are told. Betas are left out. The number is
what the project files say, unless they contradict the tags.

  rehearse package versions .
  rehearse package versions ~/src/mono --tags 'core-v*'
` + exitHelp,
		Args: arguments("a package: PATH of its repository"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := src.check(); err != nil {
				return err
			}
			opt.Source = src.options()
			log, err := listReleases(cmd.Context(), args[0], opt)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(a.out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(log)
			}
			if len(log.Releases) == 0 {
				return badInput{log.None(args[0])}
			}
			return a.showVersions(log)
		},
	}
	flags := cmd.Flags()
	addReleaseFlags(cmd, &opt)
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	src.add(cmd)
	return cmd
}

// addReleaseFlags adds what narrows down the tags of a repository.
func addReleaseFlags(cmd *cobra.Command, opt *release.Options) {
	cmd.Flags().StringVar(&opt.Tags, "tags", "", "`GLOB` of the tags that are releases: v*, core-v* (default: the commonest style)")
	cmd.Flags().BoolVar(&opt.Betas, "betas", false, "count betas as releases")
}

// listReleases lists the releases of a repository; a glob that is none is bad input.
func listReleases(ctx context.Context, repository string, opt release.Options) (*release.Log, error) {
	if _, err := path.Match(opt.Tags, ""); err != nil {
		return nil, badInput{fmt.Errorf("--tags %q: %w; use *, ? and [a-z] as in file names", opt.Tags, err)}
	}
	return release.List(ctx, repository, opt)
}

// options are what the flags say of how a package is read.
func (f *sourceFlags) options() source.Options {
	kind, _ := metadata.ParsePackageKind(f.kind)
	return source.Options{Sources: f.sources, Namespace: f.namespace, Kind: kind, PostInstall: f.postInstall}
}

func (a *app) showVersions(log *release.Log) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tDATE\tKIND\tTAG\tDESCENDS FROM\tCUSTOMERS UPGRADE FROM")
	for i := range log.Releases {
		r := &log.Releases[i]
		number := r.Number.String()
		if r.Beta {
			number += " beta"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", number, r.Date.Format(time.DateOnly), cmp.Or(r.Kind, "?"),
			strings.Join(append([]string{r.Ref}, r.Also...), ", "), r.Ancestor, waysText(r.From, i))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range log.Releases {
		if r.Unread != "" {
			fmt.Fprintf(a.errs, "warning: %s\n", r.Unread)
		}
	}
	a.noteLog(log)
	return nil
}

// noteLog tells which tags a list leaves out.
func (a *app) noteLog(log *release.Log) {
	if log.Betas > 0 {
		fmt.Fprintf(a.errs, "%s of betas left out; list them with --betas\n", counted(log.Betas, "tag"))
	}
	for _, s := range log.Others {
		prefix := cmp.Or(s.Prefix, "(none)")
		fmt.Fprintf(a.errs, "%s with the prefix %s left out; choose them with --tags\n", counted(s.Tags, "tag"), prefix)
	}
	if log.Shallow {
		fmt.Fprintln(a.errs, "warning: this is a shallow clone: releases may be missing; fetch them with: git fetch --tags --unshallow")
	}
}

// waysText lists the releases that customers come from; older is how many there
// are before.
func waysText(from []string, older int) string {
	switch n := len(from); {
	case n == 0 && older == 0:
		return "(the first)"
	case n == 0:
		return "none"
	case n > 3:
		all := ""
		if n == older {
			all = ", all older ones"
		}
		return fmt.Sprintf("%s to %s (%d%s)", from[0], from[n-1], n, all)
	default:
		return strings.Join(from, ", ")
	}
}
