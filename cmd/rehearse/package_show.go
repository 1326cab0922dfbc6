package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

func (a *app) packageShowCommand() *cobra.Command {
	var src sourceFlags
	cmd := &cobra.Command{
		Use:   "show PATH[@REF[:FOLDER]]",
		Short: "Show what is in a version of a package",
		Long: `Show what is in a version of a package: components by kind, namespace,
post-install class, dependencies.

  rehearse package show .
  rehearse package show ~/src/MyPackage@v1.3
  rehearse package show ~/src/mono@main:packages/core
` + exitHelp,
		Args: arguments("a package: PATH or PATH@REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, ref, folder := source.ParseSpec(args[0])
			p, err := src.read(cmd.Context(), a, path, source.Options{Ref: ref, Folder: folder})
			if err != nil {
				return err
			}
			return a.showPackage(p)
		},
	}
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

func (a *app) showPackage(p *metadata.Package) error {
	s := p.Summary()
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, text)
		}
	}
	line("name", cmp.Or(s.Name, "(none)"))
	line("version", strings.TrimSpace(s.Version.String()+" "+s.VersionName))
	line("kind", s.Kind.String())
	line("namespace", cmp.Or(s.Namespace, "(none)"))
	line("ref", s.Ref)
	line("commit", s.Commit)
	line("API version", s.APIVersion)
	post := s.PostInstall
	if s.PostInstallGuessed {
		post += " (the only class that implements InstallHandler)"
	}
	line("post-install", cmp.Or(post, "(none)"))
	line("uninstall", s.Uninstall)
	for _, d := range s.Dependencies {
		line("depends on", strings.Join(strings.Fields(d.Namespace+" "+d.Name+" "+d.Version+" "+d.ID+" "+d.Source), " "))
	}
	line("features", strings.Join(s.Features, ", "))
	line("folders", strings.Join(s.Folders, ", "))
	line("components", fmt.Sprint(s.Total))
	for _, k := range s.Kinds {
		fmt.Fprintf(w, "  %s\t%d\n", k.Kind, k.Count)
	}
	return w.Flush()
}
