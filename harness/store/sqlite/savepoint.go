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
	s.pages = nil
	s.changes = append(s.changes, s.Changes)
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
	s.changes = s.changes[:s.depth]
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
		s.depth, s.Changes, s.changes = 0, s.changes[0], nil
		return errors.Join(fmt.Errorf("roll back to savepoint %d: the whole transaction has been rolled back", sp), s.Reload(ctx), s.keepCauses(ctx))
	}
	if err := s.run(ctx, savepointSQL("ROLLBACK TO", int(sp)), nil, nil); err != nil {
		return err
	}
	s.depth = int(sp)
	s.changes = s.changes[:s.depth]
	if s.Changes != s.changes[s.depth-1] {
		s.Changes = s.changes[s.depth-1]
		if err := s.Reload(ctx); err != nil {
			return err
		}
	}
	return s.keepCauses(ctx)
}

// keepCauses finds out, after a rollback, which causes the database still has.
func (s *Store) keepCauses(ctx context.Context) error {
	return s.Query(ctx, `SELECT count(*) FROM "_cause"`, nil, func(r store.Row) error {
		s.Causes.Saved = int(r.Int64(0))
		return nil
	})
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
