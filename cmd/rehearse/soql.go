package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func (a *app) soqlCommand() *cobra.Command {
	var (
		file          string
		asJSON, asCSV bool
	)
	cmd := &cobra.Command{
		Use:   `soql "SELECT …" --org FILE.org`,
		Short: "Query an org",
		Long:  "Query an org with SOQL. The answer is a table, or JSON or CSV.\n" + exitHelp,
		Args:  arguments("a query in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return badInput{fmt.Errorf("say which org to ask: --org FILE.org")}
			}
			if asJSON && asCSV {
				return badInput{fmt.Errorf("--json and --csv exclude each other")}
			}
			ctx := cmd.Context()
			o, err := openOrg(ctx, file)
			if err != nil {
				return err
			}
			defer func() { _ = o.Close() }()
			var records []*schema.Record
			_, err = o.Run(ctx, org.TxOptions{Cause: "rehearse soql", NoLimits: true}, func(tx *org.Tx) error {
				var err error
				records, err = tx.Query(ctx, args[0], nil)
				return err
			})
			if err != nil {
				return badInput{err}
			}
			if !asksForID(args[0]) {
				withoutID(records)
			}
			switch {
			case asJSON:
				return a.writeJSON(records)
			case asCSV:
				return a.writeCSV(records)
			default:
				return a.writeTable(records)
			}
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&file, "org", "", "`FILE.org` to ask")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&asCSV, "csv", false, "print CSV")
	return cmd
}

// asksForID reports whether a query selects the Id, which rows carry anyway.
func asksForID(text string) bool {
	q, bad := query.Parse(diag.NewFile("query", []byte(text)))
	if bad.Err() != nil || q == nil {
		return true
	}
	for _, item := range q.Select {
		f, ok := item.(*query.Field)
		if !ok {
			continue
		}
		path, ok := f.Expr.(*query.Path)
		if !ok {
			return true // a function such as FIELDS(ALL)
		}
		if strings.EqualFold(path.String(), "Id") {
			return true
		}
	}
	return false
}

func withoutID(records []*schema.Record) {
	for _, r := range records {
		if id := r.Object.IDField(); id != nil {
			r.Unset(id)
		}
	}
}

// cell is one value of an answer under its column.
type cell struct {
	column string
	value  value.Value
}

// cells lists the values of a record, those of parents under dotted names.
func cells(prefix string, r *schema.Record) []cell {
	var out []cell
	r.Each(func(f *schema.Field, v value.Value) { out = append(out, cell{prefix + f.Name, v}) })
	r.Parents(func(f *schema.Field, parent *schema.Record) {
		if parent != nil {
			out = append(out, cells(prefix+f.RelationshipName+".", parent)...)
		}
	})
	return out
}

// grid makes columns and lines of records.
func grid(records []*schema.Record) (columns []string, lines [][]string) {
	for _, r := range records {
		line := make([]string, len(columns))
		for _, c := range cells("", r) {
			i := slices.Index(columns, c.column)
			if i < 0 {
				i = len(columns)
				columns = append(columns, c.column)
			}
			for len(line) <= i {
				line = append(line, "")
			}
			if !c.value.IsNull() {
				line[i] = c.value.String()
			}
		}
		lines = append(lines, line)
	}
	for i := range lines {
		for len(lines[i]) < len(columns) {
			lines[i] = append(lines[i], "")
		}
	}
	return columns, lines
}

func (a *app) writeTable(records []*schema.Record) error {
	columns, lines := grid(records)
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	if len(columns) > 0 {
		fmt.Fprintln(w, strings.Join(columns, "\t"))
	}
	for _, line := range lines {
		for i, v := range line {
			line[i] = strings.NewReplacer("\n", "⏎", "\t", " ").Replace(v)
		}
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.errs, "%d rows\n", len(records))
	return err
}

func (a *app) writeCSV(records []*schema.Record) error {
	columns, lines := grid(records)
	w := csv.NewWriter(a.out)
	if len(columns) > 0 {
		_ = w.Write(columns)
	}
	_ = w.WriteAll(lines)
	return w.Error()
}

func (a *app) writeJSON(records []*schema.Record) error {
	rows := make([]map[string]any, len(records))
	for i, r := range records {
		rows[i] = map[string]any{}
		for _, c := range cells("", r) {
			rows[i][c.column] = jsonValue(c.value)
		}
	}
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"totalSize": len(records), "records": rows})
}

// jsonValue keeps numbers exact.
func jsonValue(v value.Value) any {
	switch v.Kind() {
	case value.Null:
		return nil
	case value.Bool:
		return v.Bool()
	case value.Int, value.Long, value.Double, value.Decimal:
		return json.Number(v.Decimal().String())
	default:
		return v.String()
	}
}
