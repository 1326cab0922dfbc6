package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// Savepoint opens a savepoint; the first one begins the transaction.
func (s *Store) Savepoint(ctx context.Context) (store.Savepoint, error) {
	if err := s.run(ctx, savepointSQL("SAVEPOINT", s.depth+1), nil, nil); err != nil {
		return 0, err
	}
	s.depth++
	s.ddlDepth = append(s.ddlDepth, s.ddl)
	return store.Savepoint(s.depth), nil
}

func savepointSQL(verb string, n int) string { return fmt.Sprintf("%s s%d", verb, n) }

// Release ends a savepoint and those inside it, keeping what they wrote.
func (s *Store) Release(ctx context.Context, sp store.Savepoint) error {
	if sp < 1 || int(sp) > s.depth {
		return fmt.Errorf("release savepoint %d: it is not open", sp)
	}
	if err := s.run(ctx, savepointSQL("RELEASE", int(sp)), nil, nil); err != nil {
		return err
	}
	s.depth = int(sp) - 1
	s.ddlDepth = s.ddlDepth[:s.depth]
	return nil
}

// RollbackTo undoes everything since the savepoint. It does so even when ctx
// has ended: a transaction must not stay half done.
func (s *Store) RollbackTo(ctx context.Context, sp store.Savepoint) error {
	if sp < 1 || int(sp) > s.depth {
		return fmt.Errorf("roll back to savepoint %d: it is not open", sp)
	}
	ctx = context.WithoutCancel(ctx)
	if s.conn.GetAutocommit() { // an interrupt or lack of memory has ended the transaction
		s.depth, s.ddl, s.ddlDepth = 0, s.ddlDepth[0], nil
		s.forget()
		return errors.Join(fmt.Errorf("roll back to savepoint %d: the whole transaction has been rolled back", sp), s.loadCatalog(), s.keepCauses(ctx))
	}
	if err := s.run(ctx, savepointSQL("ROLLBACK TO", int(sp)), nil, nil); err != nil {
		return err
	}
	s.depth = int(sp)
	s.ddlDepth = s.ddlDepth[:s.depth]
	if s.ddl != s.ddlDepth[s.depth-1] {
		s.ddl = s.ddlDepth[s.depth-1]
		s.forget()
		if err := s.loadCatalog(); err != nil {
			return err
		}
	}
	return s.keepCauses(ctx)
}

// atomically runs f so that all it writes stays or none.
func (s *Store) atomically(ctx context.Context, f func() error) error {
	sp, err := s.Savepoint(ctx)
	if err != nil {
		return err
	}
	err = s.guard(f)
	if err != nil {
		err = errors.Join(err, s.RollbackTo(ctx, sp))
		ctx = context.WithoutCancel(ctx)
	}
	return errors.Join(err, s.Release(ctx, sp))
}
