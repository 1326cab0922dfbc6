package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// leadFields is where the standard fields of a lead go (Salesforce Help, "Lead
// Conversion Field Mapping"). Fields an org does not have are passed over.
var leadFields = map[string][][2]string{
	"Account": {{"Company", "Name"}, {"AnnualRevenue", "AnnualRevenue"}, {"NumberOfEmployees", "NumberOfEmployees"},
		{"Phone", "Phone"}, {"Fax", "Fax"}, {"Website", "Website"}, {"Industry", "Industry"}, {"Rating", "Rating"},
		{"LeadSource", "AccountSource"}, {"Street", "BillingStreet"}, {"City", "BillingCity"}, {"State", "BillingState"},
		{"PostalCode", "BillingPostalCode"}, {"Country", "BillingCountry"}, {"CurrencyIsoCode", "CurrencyIsoCode"}},
	"Contact": {{"Salutation", "Salutation"}, {"FirstName", "FirstName"}, {"MiddleName", "MiddleName"}, {"LastName", "LastName"},
		{"Suffix", "Suffix"}, {"Title", "Title"}, {"Email", "Email"}, {"Phone", "Phone"}, {"MobilePhone", "MobilePhone"},
		{"Fax", "Fax"}, {"LeadSource", "LeadSource"}, {"Description", "Description"}, {"DoNotCall", "DoNotCall"},
		{"HasOptedOutOfEmail", "HasOptedOutOfEmail"}, {"HasOptedOutOfFax", "HasOptedOutOfFax"}, {"Street", "MailingStreet"},
		{"City", "MailingCity"}, {"State", "MailingState"}, {"PostalCode", "MailingPostalCode"}, {"Country", "MailingCountry"},
		{"CurrencyIsoCode", "CurrencyIsoCode"}},
	"Opportunity": {{"Company", "Name"}, {"LeadSource", "LeadSource"}, {"CurrencyIsoCode", "CurrencyIsoCode"}},
}

// ConvertLead makes or fills in the account, contact and opportunity of a lead,
// each through the whole order of execution, and closes the lead. It gives the
// ids in c. What is refused is undone as a whole.
func (s *Session) ConvertLead(ctx context.Context, c *dml.LeadConversion) ([]dml.RowError, error) {
	store := s.env.Store()
	sp, err := store.Savepoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin the conversion of lead %s: %w", c.LeadID, err)
	}
	drop := s.env.Waiting()
	work := &leadWork{session: s, LeadConversion: *c}
	err = work.run(ctx)
	if err != nil || len(work.errors) > 0 {
		drop()
		if uerr := store.RollbackTo(ctx, sp); uerr != nil && err == nil {
			err = uerr
		}
	} else {
		*c = work.LeadConversion
	}
	if rerr := store.Release(ctx, sp); err == nil && rerr != nil {
		err = rerr
	}
	return work.errors, err
}

// leadWork is one conversion on its way; errors end it.
type leadWork struct {
	dml.LeadConversion
	session *Session
	lead    *schema.Record
	errors  []dml.RowError
}

func (w *leadWork) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{w.load, w.account, w.contact, w.opportunity, w.close, w.handOver} {
		if err := step(ctx); err != nil || len(w.errors) > 0 {
			return err
		}
	}
	return nil
}

func (w *leadWork) load(ctx context.Context) error {
	o := w.session.env.Schema().Object("Lead")
	have, err := w.session.env.Store().Load(ctx, o, []string{w.LeadID})
	if err != nil {
		return fmt.Errorf("load lead %s: %w", w.LeadID, err)
	}
	switch lead := have[0]; {
	case lead == nil:
		w.errors = append(w.errors, invalidReference.on(nil))
	case lead.Get(o.Field("IsDeleted")).Bool():
		w.errors = append(w.errors, rowDeleted.on(nil))
	case lead.Get(o.Field("IsConverted")).Bool():
		w.errors = append(w.errors, leadConverted.on(nil))
	default:
		w.lead = lead
	}
	return nil
}

func (w *leadWork) account(ctx context.Context) (err error) {
	rec := w.record("Account")
	if w.AccountID != "" {
		return w.fill(ctx, rec, w.AccountID)
	}
	if w.ContactID != "" { // the contact's account is the one
		return nil
	}
	w.AccountID, err = w.insert(ctx, rec)
	return err
}

func (w *leadWork) contact(ctx context.Context) (err error) {
	rec := w.record("Contact")
	if w.ContactID != "" {
		return w.fill(ctx, rec, w.ContactID)
	}
	set(rec, "AccountId", value.OfID(w.AccountID))
	w.ContactID, err = w.insert(ctx, rec)
	return err
}

// opportunity makes the opportunity, due at the end of the quarter, and the
// contact's role in it.
func (w *leadWork) opportunity(ctx context.Context) (err error) {
	if w.OpportunityID == "" {
		if w.NoOpportunity {
			return nil
		}
		rec := w.record("Opportunity")
		if w.OpportunityName != "" {
			set(rec, "Name", value.OfText(w.OpportunityName))
		}
		if w.AccountID != "" {
			set(rec, "AccountId", value.OfID(w.AccountID))
		}
		if stage := rec.Object.Field("StageName"); stage.Picklist != nil && len(stage.Picklist.Values) > 0 {
			rec.Set(stage, value.OfText(stage.Picklist.Values[0].Name))
		}
		set(rec, "CloseDate", value.OfDate(w.endOfQuarter()))
		if w.OpportunityID, err = w.insert(ctx, rec); err != nil || len(w.errors) > 0 {
			return err
		}
	}
	role := schema.NewRecord(w.session.env.Schema().Object("OpportunityContactRole"))
	set(role, "OpportunityId", value.OfID(w.OpportunityID))
	set(role, "ContactId", value.OfID(w.ContactID))
	set(role, "IsPrimary", value.OfBool(true))
	_, err = w.insert(ctx, role)
	return err
}

func (w *leadWork) endOfQuarter() int64 {
	today, _ := value.DaysOf(w.session.env.Now(), w.session.env.Zone())
	y, m, _ := value.YMD(today)
	return value.DateOf(y, (m-1)/3*3+4, 1) - 1
}

// close marks the lead as converted.
func (w *leadWork) close(ctx context.Context) error {
	rec := schema.NewRecord(w.lead.Object)
	rec.SetID(w.LeadID)
	today, _ := value.DaysOf(w.session.env.Now(), w.session.env.Zone())
	set(rec, "Status", value.OfText(w.Status))
	set(rec, "IsConverted", value.OfBool(true))
	set(rec, "ConvertedDate", value.OfDate(today))
	for _, made := range [][2]string{{"ConvertedAccountId", w.AccountID}, {"ConvertedContactId", w.ContactID}, {"ConvertedOpportunityId", w.OpportunityID}} {
		if made[1] != "" {
			set(rec, made[0], value.OfID(made[1]))
		}
	}
	return w.save(ctx, &schema.Statement{Op: dml.Update, Records: []*schema.Record{rec}, AllOrNone: true}, manner{internal: true})
}

// handOver gives the lead's activities and campaign memberships to the contact,
// without triggers.
func (w *leadWork) handOver(ctx context.Context) error {
	for _, l := range []struct{ object, from, to string }{{"Task", "WhoId", "WhoId"}, {"Event", "WhoId", "WhoId"}, {"CampaignMember", "LeadId", "ContactId"}} {
		o := w.session.env.Schema().Object(l.object)
		if o == nil || o.Field(l.from) == nil || o.Field(l.to) == nil {
			continue
		}
		ids, err := w.session.childIDs(ctx, o.Field(l.from), []string{w.LeadID}, false)
		if err != nil || len(ids) == 0 {
			return err
		}
		recs := make([]*schema.Record, len(ids))
		for i, id := range ids {
			recs[i] = schema.NewRecord(o)
			recs[i].SetID(id)
			recs[i].Set(o.Field(l.to), value.OfID(w.ContactID))
		}
		if err := w.session.env.Store().Update(ctx, o, recs, w.session.env.Cause()); err != nil {
			return fmt.Errorf("hand %d rows of %s over from lead %s: %w", len(ids), o.Name, w.LeadID, err)
		}
	}
	return nil
}

// record is a new record of an object with what the lead tells of it.
func (w *leadWork) record(object string) *schema.Record {
	rec := schema.NewRecord(w.session.env.Schema().Object(object))
	for _, pair := range leadFields[object] {
		from, to := w.lead.Object.Field(pair[0]), rec.Object.Field(pair[1])
		if from == nil || to == nil {
			continue
		}
		if v := w.lead.Get(from); !v.IsNull() {
			rec.Set(to, v)
		}
	}
	return rec
}

func set(rec *schema.Record, name string, v value.Value) {
	if f := rec.Object.Field(name); f != nil {
		rec.Set(f, v)
	}
}

// insert saves a new record with its owner.
func (w *leadWork) insert(ctx context.Context, rec *schema.Record) (string, error) {
	owner := w.OwnerID
	if o := w.session.env.Schema().ByID(w.lead.Get(w.lead.Object.Field("OwnerId")).Text()); owner == "" && o != nil && o.Name == "User" {
		owner = w.lead.Get(w.lead.Object.Field("OwnerId")).Text()
	}
	if owner != "" {
		set(rec, "OwnerId", value.OfID(owner))
	}
	err := w.save(ctx, &schema.Statement{Op: dml.Insert, Records: []*schema.Record{rec}, AllOrNone: true}, manner{})
	return rec.ID(), err
}

// fill gives a record that was there the values it lacks.
func (w *leadWork) fill(ctx context.Context, rec *schema.Record, id string) error {
	have, err := w.session.env.Store().Load(ctx, rec.Object, []string{id})
	if err != nil {
		return fmt.Errorf("load %s %s: %w", rec.Object.Name, id, err)
	}
	if have[0] == nil {
		w.errors = append(w.errors, invalidReference.on(nil))
		return nil
	}
	if rec.Object.Name == "Contact" {
		switch account := have[0].Get(rec.Object.Field("AccountId")).Text(); {
		case w.AccountID == "":
			w.AccountID = account
		case account != "" && account != w.AccountID:
			w.errors = append(w.errors, invalidReference.on(nil))
			return nil
		}
	}
	change := schema.NewRecord(rec.Object)
	change.SetID(id)
	for _, f := range rec.Fields() {
		overwrite := f.Name == "LeadSource" && w.OverwriteLeadSource
		if have[0].Get(f).IsNull() || overwrite {
			change.Set(f, rec.Get(f))
		}
	}
	if change.Len() == 1 {
		return nil
	}
	return w.save(ctx, &schema.Statement{Op: dml.Update, Records: []*schema.Record{change}, AllOrNone: true}, manner{})
}

func (w *leadWork) save(ctx context.Context, st *schema.Statement, how manner) error {
	results, err := w.session.run(ctx, st, how)
	for _, r := range results {
		w.errors = append(w.errors, r.Errors...)
	}
	return err
}

// BadLeadStatus is the error of a conversion to a status that is no converted
// one.
func BadLeadStatus(status string) dml.RowError { return badLeadStatus.on(nil, status) }
