package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// OwnRecordCall is a method of the package that worked before in an org with
// custom metadata of its own, and fails now because of it.
type OwnRecordCall struct {
	Class, Method string
	Types         []string // of custom metadata that the class names
	Thrown        error
}

// mostCalls is how many methods are called.
const mostCalls = 40

// ownRecords gives an org records of its own of the custom metadata types that
// changed classes read, one complete and one as empty as the type allows, and
// calls what those classes offer with plain arguments, before and after. What
// fails after without the records as well is not theirs.
func ownRecords(ctx context.Context, s *Subject, e *Evidence) error {
	calls, kinds := s.metadataReaders()
	if len(calls) == 0 {
		return nil
	}
	before, err := withRecords(ctx, s.Before, kinds)
	if err != nil {
		return err
	}
	defer func() { _ = before.Close() }()
	upgraded := cmp.Or(s.Upgraded, s.After)
	after, err := withRecords(ctx, upgraded, kinds)
	if err != nil {
		return err
	}
	defer func() { _ = after.Close() }()
	bare, err := upgraded.Fork(ctx, upgraded.Name()+", without records")
	if err != nil {
		return err
	}
	defer func() { _ = bare.Close() }()
	for _, c := range calls[:min(len(calls), mostCalls)] {
		var now error
		for i, o := range []*org.Org{before, after, bare} {
			thrown, err := call(ctx, o, c.text)
			if err != nil {
				return err
			}
			if fails := thrown != nil; fails != (i == 1) {
				now = nil
				break
			} else if fails {
				now = thrown
			}
		}
		if now != nil {
			e.OwnRecordCalls = append(e.OwnRecordCalls, OwnRecordCall{Class: c.class, Method: c.method, Types: c.types, Thrown: now})
		}
	}
	return nil
}

// ownCall is a call of a method with plain arguments.
type ownCall struct {
	class, method, text string
	types               []string
}

// metadataReaders are the methods of changed classes that name custom metadata
// types, and those types.
func (s *Subject) metadataReaders() (calls []ownCall, kinds []*schema.Object) {
	program := s.Before.Program().Types()
	for _, name := range changedClasses(s.From, s.To) {
		is := s.To.Find(metadata.ApexClass, name)
		c := program.Class(s.From.Namespace, name)
		if is == nil || c == nil || c.Test || c.Unit.Bad || c.Access < types.Public {
			continue
		}
		var named []string
		for _, o := range s.Before.Schema().Objects() {
			if o.Kind == schema.CustomMetadata && strings.EqualFold(o.Namespace, s.From.Namespace) && s.From.Find(metadata.CustomObject, metadata.StripNamespace(o.Name, s.From.Namespace)) != nil &&
				strings.Contains(string(is.Source), metadata.StripNamespace(o.Name, s.From.Namespace)) {
				named = append(named, o.Name)
				if !slices.Contains(kinds, o) {
					kinds = append(kinds, o)
				}
			}
		}
		if len(named) == 0 {
			continue
		}
		for _, m := range c.Methods() {
			if text, ok := plainCall(c, m, s.From.Namespace); ok {
				calls = append(calls, ownCall{c.Name, m.Name, text, named})
			}
		}
	}
	return calls, kinds
}

// plainArguments are what a method is called with, by the type of a parameter.
var plainArguments = map[types.Kind]string{types.KindString: "'Ours'", types.KindBoolean: "true", types.KindInteger: "1", types.KindLong: "1L",
	types.KindDecimal: "1.0", types.KindDouble: "1.0", types.KindDate: "Date.today()", types.KindDatetime: "System.now()"}

// plainCall is the text of a call that a subscriber can make of a static method;
// false where it takes more than plain values.
func plainCall(c *types.Class, m *types.Method, ns string) (text string, ok bool) {
	sees := types.Public
	if ns != "" {
		sees = types.Global
	}
	if !m.Static || m.Test || m.Access < sees || c.Access < sees {
		return "", false
	}
	var args []string
	for _, p := range m.Params {
		arg := plainArguments[p.Type.Kind]
		if arg == "" {
			return "", false
		}
		args = append(args, arg)
	}
	return fmt.Sprintf("%s.%s(%s);", c.FullName(), m.Name, strings.Join(args, ", ")), true
}

// call runs a line of Apex and takes back what it did.
func call(ctx context.Context, o *org.Org, text string) (thrown, err error) {
	err = o.Undone(ctx, func() error {
		_, thrown = o.Run(ctx, org.TxOptions{Cause: "called to judge"}, func(tx *org.Tx) error { return tx.Anonymous(ctx, text) })
		return ctx.Err()
	})
	var apex *org.ApexError
	if thrown != nil && (!errors.As(thrown, &apex) || apex.Missing) {
		thrown = nil // it does not compile, or reaches what is not simulated
	}
	return thrown, err
}

// withRecords is a fork of an org that has two records of its own of each type.
func withRecords(ctx context.Context, o *org.Org, kinds []*schema.Object) (*org.Org, error) {
	fork, err := o.Fork(ctx, o.Name()+", with records of its own")
	if err != nil {
		return nil, err
	}
	var change org.Change
	for _, kind := range kinds {
		is := fork.Schema().Object(kind.Name)
		if is == nil {
			continue
		}
		for _, name := range []string{"Ours", "Ours_Too"} {
			change.Put = append(change.Put, &org.Entry{Component: recordOf(is, name, name == "Ours"), State: org.Unmanaged})
		}
	}
	if _, err := fork.Deploy(ctx, change); err != nil {
		_ = fork.Close()
		return nil, fmt.Errorf("add records of custom metadata: %w", err)
	}
	return fork, nil
}

// recordOf makes a record of a custom metadata type, with all that is easily
// entered or only what the type requires.
func recordOf(o *schema.Object, name string, complete bool) *metadata.Component {
	leaf := func(name, text string) *metadata.Node { return &metadata.Node{Name: name, Text: text} }
	props := &metadata.Node{Name: string(metadata.CustomMetadata), Children: []*metadata.Node{leaf("label", name), leaf("protected", "false")}}
	for _, f := range o.Fields {
		if !f.Custom || !complete && f.Nillable {
			continue
		}
		text := ""
		switch {
		case f.Type == schema.Boolean:
			text = "true"
		case f.Type == schema.Picklist && f.Picklist != nil && len(f.Picklist.Values) > 0:
			text = f.Picklist.Values[0].Name
		case f.Type.IsNumber():
			text = "1"
		case f.Type == schema.String || f.Type == schema.TextArea:
			text = name[:min(len(name), max(f.Length, 1))]
		}
		if text != "" {
			props.Children = append(props.Children, &metadata.Node{Name: "values", Children: []*metadata.Node{leaf("field", f.Name), leaf("value", text)}})
		}
	}
	return metadata.WithProps(&metadata.Component{Kind: metadata.CustomMetadata, Name: strings.TrimSuffix(o.Name, "__mdt") + "." + name}, props)
}
