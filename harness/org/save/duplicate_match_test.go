package save

import "testing"

// TestMatchMethods holds the matching methods against the examples and weights
// of Salesforce Help (Matching Methods Used with Matching Rules).
func TestMatchMethods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, a, b string
		want         bool
	}{
		{"Exact", "Acme ", "ACME", true},
		{"Exact", "Acme", "Acme Inc", false},
		{"FirstName", "J.", "Jennifer", true},
		{"FirstName", "Bob", "Robert", true},
		{"FirstName", "Marhta", "Martha", true},
		{"FirstName", "Anna", "Otto", false},
		{"LastName", "Johnson", "Jonson", true},
		{"LastName", "Philips", "Fillips", true},
		{"LastName", "Knight", "Night", true},
		{"LastName", "Smith", "Smyth", true},
		{"LastName", "Montgomery", "Montgomeru", true}, // one key beside the right one
		{"LastName", "Miller", "Mitchell", false},
		{"LastName", "Lee", "Li", true},
		{"CompanyName", "Acme Inc.", "The Acme Corporation", true},
		{"CompanyName", "IBM", "International Business Machines", true},
		{"CompanyName", "Salesforce", "Salesfroce", true},
		{"CompanyName", "Oracle", "Genentech", false},
		{"Phone", "1-415-555-1234", "1-415-555-5678", true}, // the example of Help: 90
		{"Phone", "+1 (415) 555-1234", "415.555.1234", true},
		{"Phone", "415-555-1234", "415-556-1234", false},
		{"Phone", "415-555-1234", "510-555-1234", false},
		{"Phone", "+44 20 7946 0958", "+44 20 7946 0959", false},
		{"City", "San Francisco", "San Fransisco", true},
		{"City", "Boston", "Austin", false},
		{"Street", "123 Market Street, Suite 100", "123 Market Drive, Suite 300", false}, // the example of Help: 70
		{"Street", "123 Market St., Suite 100", "123 Market Street Suite 100", true},
		{"Street", "123 Market Street", "124 Market Street", true},
		{"Street", "123 Market Street", "124 Market Avenue", false},
		{"Zip", "94104-1001", "94104", true},
		{"Zip", "94104", "94105", false},
		{"Title", "VP", "Vice President", true},
		{"Title", "Senior Engineer", "Sr Engineer", true},
		{"Title", "Nurse", "Attorney", false},
	} {
		if got := matchMethods[c.method](c.a, c.b); got != c.want {
			t.Errorf("%s of %q and %q: %v, want %v", c.method, c.a, c.b, got, c.want)
		}
	}
}
