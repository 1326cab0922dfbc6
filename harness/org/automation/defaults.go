package automation

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// defaults are the default values of an object's fields. Those of custom
// fields are formulas, those of standard ones plain values.
func (c *Compiler) defaults(obj *schema.Object) []save.Default {
	var out []save.Default
	for _, f := range obj.Fields {
		if !f.IsStored() || f.Type == schema.ID || f.AutoNumber {
			continue
		}
		if d, ok := c.defaultOf(obj, f); ok {
			out = append(out, save.Default{Field: f, Value: d})
		}
	}
	return out
}

type defaultFunc = func(context.Context, save.Env, *schema.Record) (value.Value, error)

func (c *Compiler) defaultOf(obj *schema.Object, f *schema.Field) (defaultFunc, bool) {
	constant := func(v value.Value) (defaultFunc, bool) {
		return func(context.Context, save.Env, *schema.Record) (value.Value, error) { return v, nil }, true
	}
	if v, ok := standingDefaults[obj.Name+"."+f.Name]; ok {
		return constant(v)
	}
	switch {
	case obj.Kind == schema.Share && f.Name == "RowCause":
		return constant(value.OfText("Manual"))
	case obj.Name == "User" && f.Name == "CommunityNickname":
		return nicknameOf(obj), true
	case obj.Name == "User" && f.Name == "UserType":
		return userTypeOf(obj), true
	case obj.Name == "Document" && f.Name == "DeveloperName":
		return nameOf(obj.Field("Name")), true
	case obj.Name == "Document" && f.Name == "AuthorId":
		return runningUser, true
	case f.Name == "CurrencyIsoCode":
		return func(_ context.Context, env save.Env, _ *schema.Record) (value.Value, error) {
			return value.OfText(env.Currency()), nil
		}, true
	case f.DefaultValue == "" && f.Picklist != nil:
		if d := f.Picklist.Default(); d != "" && (f.Custom || f.DefaultedOnCreate || !f.Nillable) {
			return constant(value.OfText(d))
		}
		return nil, false
	case f.DefaultValue == "":
		return nil, false
	case f.Type == schema.Boolean:
		return constant(value.OfBool(strings.EqualFold(f.DefaultValue, "true")))
	case !f.Custom:
		return constant(value.OfText(f.DefaultValue))
	}
	ns := f.Namespace
	p, diags := c.formulas.Compile(obj, ns, f.DefaultValue, formula.Default, formula.Options{Returns: f.Type, File: obj.Name + "." + f.Name})
	name := "default value of " + obj.Name + "." + f.Name
	if p == nil {
		note := firstMessage(diags)
		return func(_ context.Context, env save.Env, _ *schema.Record) (value.Value, error) {
			env.Approximated(name, note, obj.Name)
			return value.Value{}, nil
		}, true
	}
	return func(ctx context.Context, env save.Env, rec *schema.Record) (value.Value, error) {
		v, err := p.Eval(env.Formula(ctx, rec, nil))
		if err != nil {
			env.Approximated(name, "evaluates to an error: "+err.Error(), obj.Name)
			return value.Value{}, nil
		}
		return v, nil
	}, true
}

// nicknameOf is the nickname of a user that is saved without one: unique, as
// user names are.
func nicknameOf(users *schema.Object) defaultFunc {
	username := users.Field("Username")
	return func(_ context.Context, _ save.Env, rec *schema.Record) (value.Value, error) {
		h := fnv.New64a()
		h.Write([]byte(strings.ToLower(rec.Get(username).Text()))) //nolint:errcheck // never fails
		return value.OfText(fmt.Sprintf("User%020d", h.Sum64())), nil
	}
}

// standingDefaults are the values that the platform gives fields of standard
// objects that a save leaves out, where the describe does not tell of them
// (Object Reference for Salesforce, the object's own page).
var standingDefaults = map[string]value.Value{
	"User.IsActive": value.OfBool(true), "PermissionSetAssignment.IsActive": value.OfBool(true),
	"PermissionSet.IsCustom": value.OfBool(true), "PermissionSet.Type": value.OfText("Regular"),
	"Contract.Status": value.OfText("Draft"), "EmailMessage.Status": value.OfText("0"),
	"AccountShare.CaseAccessLevel": value.OfText("None"),
	"UserRole.PortalType":          value.OfText("None"), "Group.Type": value.OfText("Regular"),
	"Group.DoesIncludeBosses": value.OfBool(true),
}

// nameOf gives a developer name that is left out: the name with underscores
// for all that it may not have.
func nameOf(from *schema.Field) defaultFunc {
	return func(_ context.Context, _ save.Env, rec *schema.Record) (value.Value, error) {
		name := strings.Map(func(r rune) rune {
			if r == '_' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				return r
			}
			return '_'
		}, rec.Get(from).Text())
		return value.OfText(strings.Trim(name, "_")), nil
	}
}

func runningUser(_ context.Context, env save.Env, _ *schema.Record) (value.Value, error) {
	return value.OfID(env.UserID()), nil
}
