package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// Orgs that are to stay on a server have a name. Their databases carry no
// number of a run and no lease, so no run drops them.

var orgName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,39}$`)

// keptMark is the comment on the database of a kept org.
const keptMark = "an org of rehearse, format 1"

func keptDatabase(name string) (string, error) {
	if !orgName.MatchString(name) {
		return "", fmt.Errorf("name an org %q: a name is up to 40 small letters, digits, dots, dashes and underscores", name)
	}
	return "rehearse_org_" + name, nil
}

// Keep gives an org of this server a name under which it stays when its store
// is closed. A name that is taken is an error.
func (srv *Server) Keep(ctx context.Context, st store.Store, name string) error {
	s, ok := st.(*Store)
	if !ok || s.server != srv || s.depth > 0 || s.closed {
		return fmt.Errorf("keep org %s: it is not an open org of this server, outside a transaction", name)
	}
	kept, err := keptDatabase(name)
	if err != nil {
		return err
	}
	srv.disconnect(s)
	srv.admin.Lock()
	defer srv.admin.Unlock()
	if s.database == srv.model {
		return errors.New("keep an org: the model is not one")
	}
	err = srv.manage(ctx, fmt.Sprintf(`BEGIN; ALTER DATABASE %s RENAME TO %s; COMMENT ON DATABASE %s IS '%s'; COMMIT`, quote(s.database), quote(kept), quote(kept), keptMark))
	if err != nil {
		_ = srv.manage(context.WithoutCancel(ctx), "ROLLBACK")
		return fmt.Errorf("keep org %s: %w", name, err)
	}
	delete(srv.databases, s.database)
	s.database, s.keep = kept, true
	return nil
}

// Open opens an org that was kept. What is written to it stays.
func (srv *Server) Open(ctx context.Context, name string) (store.Store, error) {
	kept, err := keptDatabase(name)
	if err != nil {
		return nil, err
	}
	names, err := srv.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	found := false
	for _, n := range names {
		found = found || n == name
	}
	if !found {
		return nil, fmt.Errorf("open org %s: the server has no such org; make one with 'rehearse org new'", name)
	}
	s := newStore(srv, kept)
	s.keep = true
	if err = s.reload(ctx); err == nil {
		err = s.readCauses(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open org %s: %w", name, err), s.Close())
	}
	return s, nil
}

// Orgs lists the orgs kept on the server, sorted.
func (srv *Server) Orgs(ctx context.Context) ([]string, error) {
	srv.admin.Lock()
	defer srv.admin.Unlock()
	if err := srv.manage(ctx, ""); err != nil {
		return nil, fmt.Errorf("list the orgs of the server: %w", err)
	}
	rows, err := srv.ask(ctx, `SELECT substr(d.datname, 14) FROM pg_database d
WHERE d.datname LIKE 'rehearse\_org\_%' AND shobj_description(d.oid, 'pg_database') = '`+keptMark+`' ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("list the orgs of the server: %w", cause(ctx, err))
	}
	var out []string
	for _, r := range rows {
		out = append(out, string(r[0]))
	}
	return out, nil
}

// Remove drops an org that was kept.
func (srv *Server) Remove(ctx context.Context, name string) error {
	kept, err := keptDatabase(name)
	if err != nil {
		return err
	}
	names, err := srv.Orgs(ctx)
	if err != nil {
		return err
	}
	for _, n := range names {
		if n == name {
			srv.admin.Lock()
			defer srv.admin.Unlock()
			return srv.manage(ctx, "DROP DATABASE "+quote(kept)+" WITH (FORCE)")
		}
	}
	return fmt.Errorf("remove org %s: the server has no such org", name)
}
