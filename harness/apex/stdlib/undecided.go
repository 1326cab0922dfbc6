package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// doubt says of an argument that what the platform answers to it is not known.
type doubt struct {
	at   int // of the argument
	what string
	is   func(t thread, v val) bool
}

// doubts are the functions whose answer to some wrong arguments is not known, by
// key: a call with one is noted in the ledger. The matrix of wrong arguments
// (TestArguments of package org) holds it to be complete.
var doubts = map[string]doubt{
	"system.setpassword":                                {0, "an id that is not of a user", notOf("005")},
	"system.resetpassword":                              {0, "an id that is not of a user", notOf("005")},
	"usermanagement.obfuscateuser":                      {0, "an id that is not of a user", notOf("005")},
	"userinfo.haspackagelicense":                        {0, "the id of a package that is not installed", always},
	"userinfo.iscurrentuserlicensedforpackage":          {0, "the id of a package that is not installed", always},
	"test.calculatepermissionsetgroup":                  {0, "an id that is not of a permission set group", notOf("0PG")},
	"test.createstub":                                   {0, "a type that is no class of the package", notClass},
	"schema.describedatacategorygroups":                 {0, "an object without data categories", always},
	"search.searchresults.get":                          {0, "the name of no object", notObject},
	"security.stripinaccessible":                        {3, "an id that is not of a permission set", notOf("0PS")},
	"url.getfilefieldurl":                               {0, "a text that is no id", notID},
	"formulaeval.formulabuilder.withtype":               {0, "null", isNull},
	"apexpages.standardcontroller.addfields":            {0, "null", hasNull},
	"apexpages.standardsetcontroller.addfields":         {0, "null", hasNull},
	"apexpages.standardsetcontroller.setfilterid":       {0, "an id that is not of a list view", notOf("00B")},
	"datacloud.findduplicatesbyids.findduplicatesbyids": {0, "ids of rows that are gone or that no duplicate rule is for", always},
	"cache.org.get":                                     {0, "a type that builds no values", isType},
	"cache.org.remove":                                  {0, "a type that builds no values", isType},
	"cache.session.get":                                 {0, "a type that builds no values", isType},
	"cache.session.remove":                              {0, "a type that builds no values", isType},
	"cache.partition.get":                               {0, "a type that builds no values", isType},
	"cache.partition.remove":                            {0, "a type that builds no values", isType},
}

// withDoubts makes the functions of doubts note what they are called with.
func withDoubts(all vm.Library) vm.Library {
	for key, d := range doubts {
		f := all[key]
		if f == nil {
			panic("stdlib: a doubt about " + key + ", which there is not")
		}
		all[key] = func(t thread, r val, a vals) val {
			if d.at < len(a) && d.is(t, a[d.at]) {
				t.Host().Approximated(t, key, "what the platform answers to "+d.what+" is not known", t.Where())
			}
			return f(t, r, a)
		}
	}
	return all
}

func always(thread, val) bool { return true }

// notOf reports whether an argument is not the id of a row with a prefix; of a
// list, whether one is not.
func notOf(prefix string) func(thread, val) bool {
	return func(_ thread, v val) bool {
		if l := v.List(); l != nil {
			for _, x := range l.Vals {
				if !strings.HasPrefix(x.Text(), prefix) {
					return true
				}
			}
			return false
		}
		return !strings.HasPrefix(v.Text(), prefix)
	}
}

func isNull(_ thread, v val) bool { return v.IsNull() }

// hasNull reports whether a list of texts has one that is null or blank.
func hasNull(t thread, v val) bool {
	for _, x := range t.Elements(v) {
		if x.Text() == "" {
			return true
		}
	}
	return false
}

func notID(_ thread, v val) bool { _, err := value.NewID(v.Text()); return err != nil }

func notObject(t thread, v val) bool {
	return t.Host().Schema().ObjectIn(t.Namespace(), v.Text()) == nil
}

func isType(_ thread, v val) bool { return v.IsNull() || v.Kind() != vm.KindString }

func notClass(t thread, v val) bool {
	x, ok := v.Native().(*vm.TypeToken)
	return !ok || x.Type.Class == nil || x.Type.Kind == types.KindSObject
}
