package probe

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// persona is a user of both orgs who is no administrator.
type persona struct {
	name          string // as it follows "as": "a user with permission set X"
	user          org.NewUser
	set           string // a packaged permission set, without namespace
	before, after string // ids in the two orgs
}

// id is the user in an org; "" for the administrator.
func (p *persona) id(s *twinSide) string {
	switch {
	case p == nil:
		return ""
	case s.later:
		return p.after
	default:
		return p.before
	}
}

func (p *persona) told() string {
	if p == nil {
		return ""
	}
	return p.name
}

// mostPersonal is how many transactions are tried as other users at most.
const mostPersonal = 60

var (
	// asksWho finds code whose answer depends on who asks.
	asksWho = regexp.MustCompile(`(?i)\b(with|inherited)\s+sharing\b|USER_MODE|SECURITY_ENFORCED|isAccessible|isCreateable|isUpdateable|isDeletable|stripInaccessible|UserInfo\s*\.`)
	// asksWhere finds code whose answer depends on the locale of who asks.
	asksWhere = regexp.MustCompile(`(?i)\.(format|parse)\s*\(|\b(Integer|Decimal|Double|Date|Datetime)\s*\.\s*valueOf\b`)
)

// personas tries again what did the same for an administrator, as users who may
// see and do less, and as one whose locale writes numbers and dates in another
// way: where what changed depends on it.
func (t *twinRun) personas(ctx context.Context) error {
	var people []*persona
	if t.changedHas(asksWho) {
		people = t.limited()
	}
	if t.changedHas(asksWhere) {
		people = append(people, &persona{name: "a user with the locale de_DE", user: org.NewUser{Alias: "twinde", Profile: org.AdminProfile, Locale: "de_DE"}})
	}
	acts := slices.Clone(t.same)
	if len(people) > 0 && len(acts) > mostPersonal/len(people) {
		acts = acts[len(acts)-mostPersonal/len(people):] // calls come last
	}
	t.left = mostPersonal
	for _, p := range people {
		if ok, err := t.hire(ctx, p); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		for _, a := range acts {
			own := *a
			own.as = p
			if err := t.alone(ctx, &own); err != nil {
				return fmt.Errorf("%s as %s: %w", a.what, p.name, err)
			}
		}
	}
	return nil
}

// changedHas reports whether the new version of a class that changed says
// something.
func (t *twinRun) changedHas(what *regexp.Regexp) bool {
	return slices.ContainsFunc(t.touched.components, func(c diff.Component) bool {
		return c.Key.Kind == metadata.ApexClass && c.After != nil && what.Match(c.After.Component.Source)
	})
}

// limited are users with one packaged permission set each, the first two that both
// versions have, and a guest where the package has pages.
func (t *twinRun) limited() []*persona {
	const most = 2
	var people []*persona
	pages := false
	for _, c := range t.subject.From.Components {
		switch c.Kind {
		case metadata.ApexPage:
			pages = true
		case metadata.PermissionSet:
			if len(people) < most && slices.ContainsFunc(t.subject.To.Components, func(o *metadata.Component) bool { return o.Kind == c.Kind && o.Name == c.Name }) {
				people = append(people, &persona{name: "a user with permission set " + c.Name, user: org.NewUser{Alias: fmt.Sprintf("twin%d", len(people))}, set: c.Name})
			}
		}
	}
	if pages {
		people = append(people, &persona{name: "a guest", user: org.NewUser{Alias: "twingst", Profile: "Guest License User"}})
	}
	return people
}

// hire makes the user in both orgs. ok is false where one of them refuses the
// permission set, which the licence may forbid.
func (t *twinRun) hire(ctx context.Context, p *persona) (ok bool, err error) {
	for _, side := range []*twinSide{t.before, t.after} {
		id, err := side.org.AddUser(ctx, p.user)
		if err != nil {
			return false, err
		}
		if side.later {
			p.after = id
		} else {
			p.before = id
		}
		if p.set == "" {
			continue
		}
		set := side.org.MirrorID(org.Key{Kind: metadata.PermissionSet, Namespace: t.subject.From.Namespace, Name: p.set})
		if set == "" || !side.assign(ctx, id, set) {
			return false, ctx.Err()
		}
	}
	return true, nil
}

func (s *twinSide) assign(ctx context.Context, user, set string) bool {
	obj := s.org.Schema().Object("PermissionSetAssignment")
	rec := schema.NewRecord(obj)
	rec.Set(obj.Field("AssigneeId"), value.OfID(user))
	rec.Set(obj.Field("PermissionSetId"), value.OfID(set))
	_, err := s.org.Run(ctx, org.TxOptions{Cause: twinCause}, func(tx *org.Tx) error {
		_, err := tx.DML(ctx, schema.Statement{Op: dml.Insert, Records: []*schema.Record{rec}, AllOrNone: true})
		return err
	})
	return err == nil
}
