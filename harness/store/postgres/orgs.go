package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
)

// Orgs that are to stay on a server have a name. Their databases carry no
// number of a run and no lease, so no run drops them.

var orgName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,39}$`)

// duplicateDatabase is the server's code for a name that is taken (errcodes.txt).
const duplicateDatabase = "42P04"

// keptMark is the comment on the database of a kept org.
const keptMark = "an org of rehearse, format 1"

func keptDatabase(name string) (string, error) {
	if !orgName.MatchString(name) {
		return "", &BadName{name, "a name is up to 40 small letters, digits, dots, dashes and underscores"}
	}
	return "rehearse_org_" + name, nil
}

// CheckName tells whether an org can be kept under a name.
func CheckName(name string) error {
	_, err := keptDatabase(name)
	return err
}

// BadName is the error when an org can not have a name.
type BadName struct{ Name, Why string }

// Error says why.
func (e *BadName) Error() string { return fmt.Sprintf("name an org %q: %s", e.Name, e.Why) }

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
	if err := srv.rename(ctx, "", s.database, kept); err != nil {
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == duplicateDatabase {
			return &BadName{name, "the server keeps an org of that name; choose another, or drop it with 'rehearse org remove'"}
		}
		return fmt.Errorf("keep org %s: %w", name, err)
	}
	s.database, s.keep = kept, true
	return nil
}

// rename makes a database of the run a kept one. What had that name before is
// moved out of the way first where moved is not empty.
func (srv *Server) rename(ctx context.Context, moved, database, kept string) error {
	sql := fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s; COMMENT ON DATABASE %s IS '%s'`, table.Quote(database), table.Quote(kept), table.Quote(kept), keptMark)
	if moved != "" {
		sql = fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s; %s`, table.Quote(kept), table.Quote(moved), sql)
	}
	if err := srv.manage(ctx, "BEGIN; "+sql+"; COMMIT"); err != nil {
		_ = srv.manage(context.WithoutCancel(ctx), "ROLLBACK")
		return err
	}
	delete(srv.databases, database)
	return nil
}

// Replace lets an org of this server take the place of the kept one of that
// name, which is dropped. No one may have the kept one open.
func (srv *Server) Replace(ctx context.Context, st store.Store, name string) error {
	s, ok := st.(*Store)
	if !ok || s.server != srv || s.keep || s.depth > 0 || s.closed {
		return fmt.Errorf("replace org %s: what is to take its place is not an open org of this run, outside a transaction", name)
	}
	kept, err := srv.find(ctx, name)
	if err != nil {
		return fmt.Errorf("replace org %s: %w", name, err)
	}
	srv.disconnect(s)
	srv.admin.Lock()
	defer srv.admin.Unlock()
	srv.named++
	moved := fmt.Sprintf("rehearse_%s_%d", srv.run, srv.named)
	if err := srv.rename(ctx, moved, s.database, kept); err != nil {
		return fmt.Errorf("replace org %s: %w", name, err)
	}
	s.database, s.keep = kept, true
	srv.databases[moved] = true
	return srv.drop(ctx, moved)
}

// find gives the database of a kept org.
func (srv *Server) find(ctx context.Context, name string) (string, error) {
	kept, err := keptDatabase(name)
	if err != nil {
		return "", err
	}
	names, err := srv.Orgs(ctx)
	if err == nil && !slices.Contains(names, name) {
		err = &NoOrg{name, names}
	}
	return kept, err
}

// NoOrg is the error when a server keeps no org of a name.
type NoOrg struct {
	Name  string
	Known []string
}

// Error tells which orgs there are.
func (e *NoOrg) Error() string {
	known := "it keeps none"
	if len(e.Known) > 0 {
		known = "it keeps " + strings.Join(e.Known, ", ")
	}
	return fmt.Sprintf("the server has no org %s (%s); make one with 'rehearse org new'", e.Name, known)
}

// Open opens an org that was kept. What is written to it stays.
func (srv *Server) Open(ctx context.Context, name string) (store.Store, error) {
	kept, err := srv.find(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open org %s: %w", name, err)
	}
	s := newStore(srv, kept, &fate{})
	s.keep = true
	if err = s.Reload(ctx); err == nil {
		err = s.LoadCauses(ctx)
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
	kept, err := srv.find(ctx, name)
	if err != nil {
		return fmt.Errorf("remove org %s: %w", name, err)
	}
	srv.admin.Lock()
	defer srv.admin.Unlock()
	return srv.manage(ctx, "DROP DATABASE "+table.Quote(kept)+" WITH (FORCE)")
}
