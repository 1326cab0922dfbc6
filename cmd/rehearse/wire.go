package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/fixtures"
	"github.com/rehearsal-dev/rehearsal/fixtures/mess"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// builder is the Builder of the engine: it makes orgs of recipes, and opens .org
// files where its orgs live.
type builder struct {
	fixtures.Builder
	load func(context.Context, string) (store.Store, error) // makes the database of an .org file
}

// Open implements harness.Opener.
func (b builder) Open(ctx context.Context, path string) (*org.Org, error) {
	st, err := b.load(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return org.OpenIn(ctx, st, path)
}

// checkRecipes refuses recipes and mess that there are not, before anything
// runs.
func checkRecipes(p *plan.Plan) error {
	for _, sc := range p.Scenarios {
		if sc.Org.File != "" {
			continue
		}
		if _, err := fixtures.FindRecipe(sc.Org.Recipe); err != nil {
			return fmt.Errorf("org %s: %w", sc.Org.Name, err)
		}
		for _, m := range sc.Org.Mess {
			if _, ok := mess.Find(m.Number); !ok {
				return fmt.Errorf("org %s: mess %s is not in the catalogue; leave it out", sc.Org.Name, m.Number)
			}
		}
	}
	return nil
}

// origin is what an .org file keeps about how it was made.
type origin struct {
	Recipe   string         `json:"recipe"`
	Seed     uint64         `json:"seed"`
	Records  int            `json:"records,omitempty"`
	Packages []string       `json:"packages,omitempty"`
	Mess     []finding.Mess `json:"mess,omitempty"`
}

// originKey is where it keeps it.
const originKey = "rehearse/origin"

func putOrigin(ctx context.Context, o *org.Org, from origin) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return o.Store().PutMeta(ctx, originKey, data)
}

func getOrigin(ctx context.Context, o *org.Org) (origin, error) {
	var from origin
	data, err := o.Store().GetMeta(ctx, originKey)
	if err != nil || data == nil {
		return from, err
	}
	return from, json.Unmarshal(data, &from)
}

// openOrg opens an .org file; what is wrong with it is bad input, told once.
func openOrg(ctx context.Context, path string) (*org.Org, error) {
	o, err := org.Open(ctx, path)
	if err == nil {
		return o, nil
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	text := strings.TrimPrefix(err.Error(), "open org "+path+": ")
	if !strings.Contains(text, "rehearse org new") {
		text += "; make one with 'rehearse org new'"
	}
	return nil, badInput{fmt.Errorf("open org %s: %s", path, text)}
}
