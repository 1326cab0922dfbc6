package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// formulaQuestion is a formula and the record it is about.
type formulaQuestion struct {
	text           string
	org            orgFlags
	object, record string
	set            []string // "Field=value"
}

func (a *app) formulaCommand() *cobra.Command {
	var (
		q     formulaQuestion
		check string
		src   sourceFlags
	)
	cmd := &cobra.Command{
		Use:   "formula 'EXPR' --org FILE.org --object X [--record ID] [--set FIELD=VALUE]...",
		Short: "Evaluate a formula for a record, or check the formulas of a package",
		Long: `Evaluate a formula as a rule of an object would, for a record of an org, for
values given with --set, or for both: then the record with those changes.

  rehearse formula 'IF(ISBLANK(Amount), 0, Amount * 1.2)' --org acme.org --object Opportunity --set Amount=5

With --check, parse and check every formula of a version of a package: fields,
defaults, rules, filters, workflow and flows. What is wrong is told with its
place in the package's files, and makes the exit status 1.

  rehearse formula --check PATH@REF
` + keptHelp + exitHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if check != "" {
				return noArguments(cmd, args)
			}
			return arguments("a formula in quotes, or --check PATH")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if check != "" {
				return a.checkFormulas(cmd.Context(), &src, check)
			}
			q.text = args[0]
			return a.evaluate(cmd.Context(), q)
		},
	}
	flags := cmd.Flags()
	q.org.add(cmd, "`FILE.org` the record is of")
	flags.StringVar(&q.object, "object", "", "`OBJECT` the formula is about")
	flags.StringVar(&q.record, "record", "", "`ID` of the record")
	flags.StringArrayVar(&q.set, "set", nil, "`FIELD=VALUE` of the record; nothing after = is blank (repeatable)")
	flags.StringVar(&check, "check", "", "check the formulas of the package at `PATH[@REF]` instead")
	src.add(cmd)
	src.addStrict(cmd)
	return cmd
}

func (a *app) checkFormulas(ctx context.Context, src *sourceFlags, spec string) error {
	path, ref, folder := source.ParseSpec(spec)
	p, err := src.read(ctx, a, path, source.Options{Ref: ref, Folder: folder})
	if err != nil {
		return err
	}
	found := flow.CheckFormulas(p)
	for _, d := range found.Problems {
		fmt.Fprintln(a.out, d.Error())
	}
	fmt.Fprintf(a.out, "%d formulas, %d wrong, %d need another package to be checked\n", found.Formulas, len(found.Problems), found.Foreign)
	if len(found.Problems) > 0 {
		return status(exitFindings)
	}
	return nil
}

// evaluate prints the value of a formula.
func (a *app) evaluate(ctx context.Context, q formulaQuestion) error {
	if q.org.name == "" {
		return badInput{fmt.Errorf("say which org the record is of: --org FILE.org")}
	}
	if q.object == "" && q.record == "" {
		return badInput{fmt.Errorf("say what the formula is about: --object OBJECT or --record ID")}
	}
	var answer org.Evaluation
	var diags diag.List
	err := q.org.look(ctx, func(o *org.Org) error {
		_, err := o.Run(ctx, org.TxOptions{Cause: "rehearse formula", NoLimits: true}, func(tx *org.Tx) error {
			rec, prior, err := q.records(ctx, o, tx)
			if err != nil {
				return badInput{err}
			}
			answer, diags = tx.Evaluate(ctx, q.text, rec, prior)
			return nil
		})
		return err
	})
	switch {
	case err != nil:
		return err
	case len(diags) > 0:
		return badInput{diags}
	case answer.Error != nil:
		fmt.Fprintln(a.out, "#Error!")
		fmt.Fprintf(a.errs, "rehearse: the formula ends in an error: %s\n", answer.Error)
		return status(exitFindings)
	}
	text := ""
	if !answer.Value.IsNull() {
		text = answer.Value.Plain()
	}
	fmt.Fprintln(a.out, text)
	fmt.Fprintf(a.errs, "%s%s\n", answer.Type, map[bool]string{true: ", blank"}[answer.Value.IsNull()])
	return nil
}

// records are the record as the formula sees it and as it is stored; of a
// record that is made of --set alone nothing is stored.
func (q formulaQuestion) records(ctx context.Context, o *org.Org, tx *org.Tx) (rec, prior *schema.Record, err error) {
	if q.record != "" {
		if prior, err = tx.Record(ctx, q.record); err != nil {
			return nil, nil, err
		}
		rec = prior.Clone(true)
	} else {
		obj := o.Schema().Object(q.object)
		if obj == nil {
			return nil, nil, fmt.Errorf("no object %q in this org; names carry their namespace: ns__Object__c", q.object)
		}
		rec = schema.NewRecord(obj)
	}
	if q.object != "" && !strings.EqualFold(q.object, rec.Object.Name) {
		return nil, nil, fmt.Errorf("record %s is of %s, not of %s", q.record, rec.Object.Name, q.object)
	}
	for _, pair := range q.set {
		name, text, ok := strings.Cut(pair, "=")
		f := rec.Object.Field(strings.TrimSpace(name))
		if !ok || f == nil {
			return nil, nil, fmt.Errorf("--set %s: want FIELD=VALUE with a field of %s", pair, rec.Object.Name)
		}
		v, err := fieldValue(f, text)
		if err != nil {
			return nil, nil, fmt.Errorf("--set %s: %w", pair, err)
		}
		rec.Set(f, v)
	}
	return rec, prior, nil
}

// fieldValue reads a text as a value of a field: numbers, dates and datetimes
// as SOQL writes them, true or false.
func fieldValue(f *schema.Field, text string) (value.Value, error) {
	if text == "" {
		return value.Value{}, nil
	}
	switch {
	case f.Type == schema.Boolean:
		if text != "true" && text != "false" {
			return value.Value{}, fmt.Errorf("%q is neither true nor false", text)
		}
		return value.OfBool(text == "true"), nil
	case f.Type.IsNumber():
		d, err := value.ParseDec(text)
		return value.OfDecimal(d), err
	case f.Type == schema.Date:
		d, err := value.ParseDate(text)
		return value.OfDate(d), err
	case f.Type == schema.Datetime:
		ms, err := value.ParseDatetime(text)
		return value.OfDatetime(ms), err
	case f.Type == schema.Time:
		ms, err := value.ParseTime(text)
		return value.OfTime(ms), err
	case f.Type.IsID():
		id, err := value.NewID(text)
		return value.OfID(id), err
	default:
		return value.OfText(text), nil
	}
}
