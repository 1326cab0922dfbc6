package save

import (
	"context"
	"strings"
	"unicode/utf16"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// validateAssigned checks the values that differ from what is stored: formats,
// lengths, restricted picklists and foreign keys (step 2).
func (c *chunk) validateAssigned(ctx context.Context, rows []*Row) error {
	for _, r := range rows {
		r.New.Each(func(f *schema.Field, v value.Value) {
			if v.IsNull() || !f.IsStored() || !r.Changed(f) {
				return
			}
			c.checkValue(r, f, v)
		})
	}
	return c.checkReferences(ctx, rows)
}

// validateRow checks the whole row as it will be written (step 5): what a
// before trigger left is checked again, then required fields, owner, record
// type and unique values.
func (c *chunk) validateRow(ctx context.Context, rows []*Row) error {
	for _, r := range rows {
		for _, f := range r.New.Fields() {
			if v := r.New.Get(f); f.IsStored() {
				r.New.Set(f, normalise(f, v))
			}
		}
	}
	if err := c.validateAssigned(ctx, rows); err != nil {
		return err
	}
	for _, r := range rows {
		c.checkRequired(r)
	}
	if err := c.checkOwners(ctx, live(rows)); err != nil {
		return err
	}
	if err := c.checkRecordTypes(ctx, live(rows)); err != nil {
		return err
	}
	return c.checkUnique(ctx, live(rows))
}

// checks are the rules for a value by type of field.
var checks = map[schema.FieldType]func(c *chunk, r *Row, f *schema.Field, v value.Value){
	schema.String:          (*chunk).checkText,
	schema.TextArea:        (*chunk).checkText,
	schema.Phone:           (*chunk).checkText,
	schema.URL:             (*chunk).checkText,
	schema.EncryptedString: (*chunk).checkText,
	schema.Combobox:        (*chunk).checkText,
	schema.Email:           (*chunk).checkEmail,
	schema.Picklist:        (*chunk).checkPicklist,
	schema.MultiPicklist:   (*chunk).checkPicklist,
	schema.Double:          (*chunk).checkNumber,
	schema.Currency:        (*chunk).checkNumber,
	schema.Percent:         (*chunk).checkNumber,
	schema.Int:             (*chunk).checkNumber,
	schema.Long:            (*chunk).checkNumber,
	schema.Boolean:         kindCheck(value.Bool),
	schema.Date:            kindCheck(value.Date),
	schema.Datetime:        kindCheck(value.Datetime),
	schema.Time:            kindCheck(value.Time),
}

func (c *chunk) checkValue(r *Row, f *schema.Field, v value.Value) {
	if check := checks[f.Type]; check != nil {
		check(c, r, f, v)
	}
}

func kindCheck(want value.Kind) func(*chunk, *Row, *schema.Field, value.Value) {
	return func(_ *chunk, r *Row, f *schema.Field, v value.Value) {
		if v.Kind() != want {
			r.AddError(wrongType.at(f, f.Label, v.String()))
		}
	}
}

func (c *chunk) checkText(r *Row, f *schema.Field, v value.Value) {
	s := v.Text()
	if f.Compound != "" && strings.HasSuffix(f.Name, "Country") && !c.knownCountry(s) {
		r.AddError(countryMismatch.at(f))
		return
	}
	if f.Length <= 0 || len(s) <= f.Length {
		return
	}
	units := utf16.Encode([]rune(s))
	switch {
	case len(units) <= f.Length:
	case c.options.AllowFieldTruncation:
		r.New.Set(f, value.OfText(string(utf16.Decode(units[:f.Length]))))
	default:
		r.AddError(stringTooLong.at(f, f.Label, s, f.Length))
	}
}

// knownCountry reports whether a country can be in an address: any text unless
// the org has state and country picklists.
func (c *chunk) knownCountry(name string) bool {
	if !c.session.env.Schema().HasFeature(schema.StateCountryPicklists) {
		return true
	}
	for _, v := range schema.StandardList("country") {
		if value.EqualFold(v.Name, name) || value.EqualFold(v.Label, name) {
			return true
		}
	}
	return false
}

func (c *chunk) checkEmail(r *Row, f *schema.Field, v value.Value) {
	c.checkText(r, f, v)
	if !validEmail(v.Text()) {
		r.AddError(invalidEmail.at(f, f.Label, v.Text()))
	}
}

// validEmail accepts what the platform does: one @ with text around it, a
// domain of labels with a dot, no blanks or brackets.
func validEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || strings.ContainsAny(s, " \t\r\n<>(),;:\"[]\\") || strings.Contains(domain, "@") {
		return false
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(s, "..") {
		return false
	}
	i := strings.LastIndexByte(domain, '.')
	return i > 0 && i < len(domain)-1 && domain[0] != '-' && domain[0] != '.'
}

func (c *chunk) checkPicklist(r *Row, f *schema.Field, v value.Value) {
	if f.Picklist == nil || !f.Picklist.Restricted {
		c.checkText(r, f, v)
		return
	}
	parts := []string{v.Text()}
	if f.Type == schema.MultiPicklist {
		parts = strings.Split(v.Text(), ";")
	}
	for _, part := range parts {
		if !c.offers(r, f, strings.TrimSpace(part)) {
			p := badPicklist
			if f.Name == "CurrencyIsoCode" {
				p = badCurrency
			}
			e := p.at(f, f.Label, v.Text())
			e.Value = strings.TrimSpace(part)
			r.AddError(e)
			return
		}
	}
}

// offers reports whether a restricted picklist has the active value, also for
// the controlling value and the record type of the row.
func (c *chunk) offers(r *Row, f *schema.Field, name string) bool {
	p := f.Picklist.Value(name)
	if p == nil || !p.Active || !c.offeredToType(r, f, name) {
		return false
	}
	if f.Picklist.Controlling == "" || len(p.ValidFor) == 0 {
		return true
	}
	by := c.object.Field(f.Picklist.Controlling)
	if by == nil {
		return true
	}
	controlling := controllingValue(r.New.Get(by))
	for _, ok := range p.ValidFor {
		if value.EqualFold(ok, controlling) {
			return true
		}
	}
	return false
}

// controllingValue is a value as the settings of a dependent picklist write
// it: a checkbox is "checked" or "unchecked" (Metadata API, ValueSettings).
func controllingValue(v value.Value) string {
	switch {
	case v.Kind() == value.Bool && v.Bool():
		return "checked"
	case v.Kind() == value.Bool:
		return "unchecked"
	default:
		return v.String()
	}
}

// offeredToType reports whether the record type of the row offers a value; one
// that says nothing of a picklist offers all of it.
func (c *chunk) offeredToType(r *Row, f *schema.Field, name string) bool {
	at := c.object.Field("RecordTypeId")
	if at == nil || len(c.object.RecordTypes) == 0 {
		return true
	}
	id := r.New.Get(at).Text()
	if id == "" {
		return true
	}
	values, known := c.session.env.RecordTypeValues(c.object, id, f)
	if !known {
		return true
	}
	for _, v := range values {
		if value.EqualFold(v.Name, name) {
			return true
		}
	}
	return false
}

func (c *chunk) checkNumber(r *Row, f *schema.Field, v value.Value) {
	switch v.Kind() {
	case value.Int, value.Long, value.Double, value.Decimal:
	default:
		r.AddError(wrongType.at(f, f.Label, v.String()))
		return
	}
	if f.Precision <= 0 {
		return
	}
	d := v.Decimal()
	if d.Precision()-int(d.Scale()) > f.Precision-f.Scale && d.Sign() != 0 {
		r.AddError(numberRange.at(f, f.Label, v.String()))
	}
}

// checkRequired collects the required fields that are null into one error. It
// looks at all fields of the row, so that a row from before a field became
// required can not be saved (upgrade-rules.md, section 4).
func (c *chunk) checkRequired(r *Row) {
	var missing []string
	var first *schema.Field
	for _, f := range c.object.Fields {
		if c.required(f) && r.New.Get(f).IsNull() || platformNeeds[c.object.Name+"."+f.Name] && r.New.Get(f).Text() == "" && !isLink(r.New) {
			missing = append(missing, f.Name)
			if first == nil {
				first = f
			}
		}
	}
	if first != nil {
		e := requiredMissing.on(missing, strings.Join(missing, ", "))
		e.Source = requiredMissing.of(first)
		r.AddError(e)
	}
}

// platformFills are fields that a describe calls required, without a default,
// and that the platform fills in when a save leaves them out (Object Reference
// for Salesforce: User, Case).
var platformFills = map[string]bool{"ContentVersion.ContentDocumentId": true, "ContentVersion.Title": true, "User.CommunityNickname": true, "Case.BusinessHoursId": true,
	"UserRole.OpportunityAccessForAccountOwner": true, "UserRole.CaseAccessForAccountOwner": true,
	"UserRole.ContactAccessForAccountOwner": true, "Contract.Status": true,
	"EmailTemplate.TemplateStyle": true, "EmailMessage.Status": true, "AccountShare.CaseAccessLevel": true, "Group.Type": true}

// platformNeeds are fields that a describe lets be null and that new files need
// all the same, unless they are links (Object Reference, ContentVersion).
var platformNeeds = map[string]bool{"ContentVersion.PathOnClient": true, "ContentVersion.VersionData": true}

// isLink reports whether a file is an address outside the org.
func isLink(rec *schema.Record) bool {
	f := rec.Object.Field("ContentUrl")
	return f != nil && rec.Get(f).Text() != ""
}

func (c *chunk) required(f *schema.Field) bool {
	switch {
	case f.Nillable, !f.IsStored(), f.AutoNumber, f.Calculated, f.Type == schema.Boolean, f.Type == schema.ID:
		return false
	case c.object.Kind == schema.Custom && f.NameField:
		return false // the id becomes the name (system-fields.md, section 3)
	case c.object.Kind == schema.CustomSettingHierarchy && (f.NameField || f.Name == "SetupOwnerId"):
		return false
	case f.Name == "OwnerId":
		return false // has an error of its own
	case platformFills[c.object.Name+"."+f.Name]:
		return false
	default:
		return f.Createable && !(f.DefaultedOnCreate && !f.Custom)
	}
}

// checkOwners refuses owners that are blank, of a wrong type, or inactive when
// the owner is new or changes (section 6, INACTIVE_OWNER_OR_USER).
func (c *chunk) checkOwners(ctx context.Context, rows []*Row) error {
	f := c.object.Field("OwnerId")
	if f == nil || !f.Createable {
		return nil
	}
	users := c.session.env.Schema().Object("User")
	var wanted []string
	for _, r := range rows {
		v := r.New.Get(f)
		switch {
		case v.IsNull():
			r.AddError(ownerBlank.at(f))
		case r.Changed(f) && users != nil && strings.HasPrefix(v.Text(), users.KeyPrefix):
			wanted = append(wanted, v.Text())
		}
	}
	if err := c.checkQueues(ctx, f, rows); err != nil {
		return err
	}
	inactive, err := c.session.inactiveUsers(ctx, wanted)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if id := r.New.Get(f).Text(); inactive[id] && r.Changed(f) {
			r.AddError(inactiveOwner.at(f, id[:15], strings.ToLower(c.object.Name)))
		}
	}
	return nil
}

// checkQueues refuses queues that are not for rows of this object.
func (c *chunk) checkQueues(ctx context.Context, f *schema.Field, rows []*Row) error {
	queues := c.session.env.Schema().Object("Group")
	if queues == nil {
		return nil
	}
	served := map[string]bool{}
	for _, r := range rows {
		id := r.New.Get(f).Text()
		if !r.Changed(f) || !strings.HasPrefix(id, queues.KeyPrefix) {
			continue
		}
		if _, asked := served[id]; !asked {
			serves, known, err := c.session.env.QueueServes(ctx, id, c.object)
			if err != nil {
				return err
			}
			served[id] = serves || !known
		}
		if !served[id] {
			r.AddError(queueWrongType.on(nil))
		}
	}
	return nil
}

func (c *chunk) checkRecordTypes(ctx context.Context, rows []*Row) error {
	f := c.object.Field("RecordTypeId")
	if f == nil || c.object.Name == "RecordType" {
		return nil
	}
	for _, r := range rows {
		v := r.New.Get(f)
		if v.IsNull() || !r.Changed(f) {
			continue
		}
		ok, err := c.session.recordTypeOf(ctx, v.Text(), c.object)
		if err != nil {
			return err
		}
		if !ok {
			r.AddError(invalidRecordType.at(f, v.Text()))
		}
	}
	return nil
}

// checkUnique looks for rows that already have a unique value, inside the
// chunk and in the org.
func (c *chunk) checkUnique(ctx context.Context, rows []*Row) error {
	for _, f := range c.object.Fields {
		if !c.unique(f) {
			continue
		}
		var wanted []value.Value
		first := map[string]*Row{}
		for _, r := range rows {
			v := r.New.Get(f)
			if v.IsNull() || !r.Changed(f) {
				continue
			}
			k := uniqueKey(f, v)
			if first[k] != nil {
				r.AddError(twice(f, "<unknown>", "<unknown>"))
				continue
			}
			first[k] = r
			wanted = append(wanted, v)
		}
		if len(wanted) == 0 {
			continue
		}
		found, err := c.session.idsByValue(ctx, f, wanted)
		if err != nil {
			return err
		}
		for _, r := range live(rows) {
			for _, id := range found[value.Fold(r.New.Get(f).String())] {
				if id != r.New.ID() && r.Changed(f) && !r.New.Get(f).IsNull() {
					r.AddError(twice(f, f.Name, id[:15]))
					break
				}
			}
		}
	}
	return nil
}

// twice is the error of a value that another row has. The platform names no
// field in it, so that only its source tells.
func twice(f *schema.Field, name, id string) dml.RowError {
	e := duplicateValue.on(nil, name, id)
	e.Source = duplicateValue.of(f)
	return e
}

// unique says whether a field's values are unique: also the owner of a
// hierarchy setting and the name of a list setting.
func (c *chunk) unique(f *schema.Field) bool {
	switch {
	case f.Type == schema.ID || !f.IsStored():
		return false
	case c.object.Kind == schema.CustomSettingHierarchy && f.Name == "SetupOwnerId",
		c.object.Kind == schema.CustomSettingList && f.NameField:
		return true
	default:
		return f.Unique
	}
}

func uniqueKey(f *schema.Field, v value.Value) string {
	if f.CaseSensitive {
		return v.String()
	}
	return value.Fold(v.String())
}
