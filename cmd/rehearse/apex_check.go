package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types/project"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

func (a *app) apexCheckCommand() *cobra.Command {
	var (
		src    sourceFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "check PATH[@REF[:FOLDER]]...",
		Short: "Compile the Apex of packages as the platform would",
		Long: `Compile all classes and triggers of a package and list what is wrong with them,
one error a line: FILE:LINE:COLUMN: error: MESSAGE [CODE]. Codes of syntax
errors begin with SYNTAX.

Several PATHs are packages of one org, what is depended on first: a package of
another namespace is seen by its global surface only. So a subscriber's code is
held against another version of what it uses. --source, --namespace, --kind and
--post-install are said of the first PATH.

  rehearse apex check .
  rehearse apex check ~/src/MyPackage@v1.3
  rehearse apex check ~/src/TheirPackage@v2.0 ~/src/mine

What is named of a package that is not at hand is no error; it is counted on
stderr.

Exit status: 0 all compile, 1 something does not, 2 bad usage or input, 3 could
not run.`,
		Args: somePaths,
		RunE: func(cmd *cobra.Command, args []string) error {
			log := &ledger.Ledger{}
			p, err := a.loadApex(cmd.Context(), args, &src, log)
			if err != nil {
				return err
			}
			list := p.Check()
			a.tellUnchecked(log)
			return a.showDiagnostics(len(p.Units), list, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

func somePaths(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return badInput{fmt.Errorf("%s needs a package: PATH or PATH@REF; see: %s --help", cmd.CommandPath(), cmd.CommandPath())}
}

// loadApex reads packages and declares their Apex. The flags are about the
// first of them.
func (a *app) loadApex(ctx context.Context, specs []string, first *sourceFlags, log *ledger.Ledger) (*project.Project, error) {
	var pkgs []*metadata.Package
	for i, spec := range specs {
		src := first
		if i > 0 {
			src = &sourceFlags{}
		}
		path, ref, folder := source.ParseSpec(spec)
		p, err := src.read(ctx, a, path, source.Options{Ref: ref, Folder: folder, Lenient: true, Project: true, External: len(specs) > 1})
		if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
	p := project.Load(pkgs, project.Options{Ledger: log})
	if len(p.Units) == 0 {
		fmt.Fprintln(a.errs, "there is no class and no trigger in what was given; if there should be, name the folders with --source")
	}
	return p, nil
}

// tellUnchecked says what was taken for granted.
func (a *app) tellUnchecked(log *ledger.Ledger) {
	for _, e := range log.Entries() {
		fmt.Fprintf(a.errs, "not checked: %s, %s, first in %s: %s\n", e.Name, counted(e.Count, "time"), e.Where, e.Note)
	}
}

// apexDiagnostic is a diagnostic as JSON.
type apexDiagnostic struct {
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	Severity diag.Severity `json:"severity"`
	Code     string        `json:"code"`
	Message  string        `json:"message"`
}

func (a *app) showDiagnostics(files int, list diag.List, asJSON bool) error {
	if asJSON {
		out := struct {
			Files       int              `json:"files"`
			Diagnostics []apexDiagnostic `json:"diagnostics"`
		}{files, []apexDiagnostic{}}
		for _, d := range list {
			out.Diagnostics = append(out.Diagnostics, apexDiagnostic{d.Span.File, d.Span.Line, d.Span.Column, d.Severity, d.Code, d.Message})
		}
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(out); err != nil {
			return err
		}
	} else {
		for _, d := range list.Clip(diag.Most) {
			fmt.Fprintln(a.out, d.Error())
		}
		fmt.Fprintf(a.errs, "%s: %s\n", counted(files, "file"), counted(len(list), "error"))
	}
	if list.Err() != nil {
		return status(exitFindings)
	}
	return nil
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
