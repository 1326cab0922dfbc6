package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/comparison"
)

// resultFile is what a folder of reports holds for programs.
const resultFile = "result.json"

func (a *app) compareCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Say what became of the findings of an earlier result",
		Long: `Say what became of the findings of an earlier result: which are new, which are
gone, which moved (other orgs, another severity, another line) and which are as
before. OLD and NEW are result.json of two runs, or their folders. Findings are
the same by their fingerprint: code, component, message and cause, without ids,
counts and lines.

What is new and fails or breaks something makes the exit status 1.

  rehearse compare last-night/ rehearsal-report/ --format markdown
` + exitHelp,
		Args: arguments("an earlier result", "a later one"),
		RunE: func(_ *cobra.Command, args []string) error {
			old, err := readResult(args[0])
			if err != nil {
				return err
			}
			now, err := readResult(args[1])
			if err != nil {
				return err
			}
			c := result.Compare(old, now)
			if err := a.showComparison(&c, format); err != nil {
				return err
			}
			for _, f := range c.New {
				if f.Severity.AtLeast(finding.Major) {
					return status(exitFindings)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the answer: text, markdown or json")
	return cmd
}

func (a *app) showComparison(c *result.Comparison, format string) error {
	switch format {
	case "text":
		return comparison.Text(a.out, c)
	case "markdown":
		return comparison.Markdown(a.out, c)
	case "json":
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(result.WithLists(c))
	default:
		return badInput{fmt.Errorf("--format %q; write text, markdown or json", format)}
	}
}

// readResult reads a result: a file, or the one in a folder of reports.
func readResult(name string) (*result.Result, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, resultFile)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, badInput{fmt.Errorf("%w; name the %s of a run, or its folder", err, resultFile)}
	}
	r, err := result.Decode(data)
	if err != nil {
		return nil, badInput{fmt.Errorf("%s: %w", name, err)}
	}
	return r, nil
}
