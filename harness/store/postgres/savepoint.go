package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// mark is what a savepoint must bring back besides rows.
type mark struct {
	catalog int // changes of the catalog before it
	causes  int // causes that the database had
}

// Transactions begin when something is written: Savepoint only queues what
// will be told to the server, so that a savepoint in which nothing happens
// costs nothing.

// Savepoint opens a savepoint; the first one begins the transaction.
func (s *Store) Savepoint(ctx context.Context) (store.Savepoint, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if s.lost != nil {
		return 0, s.lostError()
	}
	s.depth++
	s.marks = append(s.marks, mark{s.Changes, s.Causes.Saved})
	s.queue = append(s.queue, opens(s.depth))
	return store.Savepoint(s.depth), nil
}

func opens(n int) string {
	if n == 1 {
		return "BEGIN"
	}
	return fmt.Sprintf("SAVEPOINT s%d", n)
}

// flush tells the server what was queued. What only reads needs no
// transaction, but inside one it comes after the savepoints that guard it.
func (s *Store) flush(ctx context.Context, writes bool) error {
	if len(s.queue) == 0 || !writes && !s.begun {
		return nil
	}
	sql := ""
	for _, q := range s.queue {
		sql += q + ";"
	}
	if err := s.session.script(ctx, sql); err != nil {
		return s.failed(ctx, fmt.Errorf("open a transaction: %w", err))
	}
	s.queue = s.queue[:0]
	s.begun = true
	return nil
}

// tell tells the server to end a transaction or go back, also when ctx has
// ended: a transaction must not stay half done.
func (s *Store) tell(ctx context.Context, sql string) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.use(ctx); err != nil {
		return err
	}
	defer s.unuse()
	s.idle()
	if err := s.session.script(ctx, sql); err != nil {
		return s.failed(ctx, fmt.Errorf("%s: %w", sql, err))
	}
	return nil
}

// Release ends a savepoint and those inside it, keeping what they wrote.
func (s *Store) Release(ctx context.Context, sp store.Savepoint) error {
	if sp < 1 || int(sp) > s.depth {
		return fmt.Errorf("release savepoint %d: it is not open", sp)
	}
	lost := s.lost
	n := int(sp)
	s.depth, s.marks = n-1, s.marks[:n-1]
	defer s.settle()
	switch at := slices.Index(s.queue, opens(n)); {
	case lost != nil:
		if n == 1 {
			s.lost, s.begun, s.queue = nil, false, nil
		}
		return fmt.Errorf("release savepoint %d: what was written is lost: %w", sp, lost)
	case at >= 0:
		s.queue = s.queue[:at]
		return nil
	case n > 1:
		s.queue = append(s.queue, fmt.Sprintf("RELEASE s%d", n))
		return nil
	}
	s.queue = nil
	err := s.tell(ctx, "COMMIT")
	s.begun, s.lost = false, nil
	return err
}

// settle lets others have the session of a store that is not in a transaction.
func (s *Store) settle() {
	if s.depth == 0 {
		s.server.wake()
	}
}

// RollbackTo undoes everything since the savepoint.
func (s *Store) RollbackTo(ctx context.Context, sp store.Savepoint) error {
	if sp < 1 || int(sp) > s.depth {
		return fmt.Errorf("roll back to savepoint %d: it is not open", sp)
	}
	n := int(sp)
	s.depth = n
	m := s.marks[n-1]
	s.marks = s.marks[:n]
	at := slices.Index(s.queue, opens(n))
	switch {
	case s.lost != nil && n > 1:
		return fmt.Errorf("roll back to savepoint %d: %w", sp, s.lostError())
	case s.lost != nil: // the server has undone it all
		s.lost = nil
		s.begun, s.queue = false, []string{opens(1)}
	case at >= 0:
		s.queue = s.queue[:at+1]
	case n == 1:
		if err := s.tell(ctx, "ROLLBACK"); err != nil && s.lost == nil {
			return err
		}
		s.lost, s.begun, s.queue = nil, false, []string{opens(1)}
	default:
		s.queue = s.queue[:0]
		if err := s.tell(ctx, fmt.Sprintf("ROLLBACK TO s%d", n)); err != nil {
			return err
		}
	}
	s.Causes.Saved = min(s.Causes.Saved, m.causes)
	if s.Changes == m.catalog {
		return nil
	}
	s.Changes = m.catalog
	return s.Reload(context.WithoutCancel(ctx))
}

// atomically runs f so that all it writes stays or none.
func (s *Store) atomically(ctx context.Context, f func() error) error {
	if err := s.use(ctx); err != nil {
		return err
	}
	defer s.unuse()
	sp, err := s.Savepoint(ctx)
	if err != nil {
		return err
	}
	if err = f(); err != nil {
		err = errors.Join(err, s.RollbackTo(ctx, sp))
		ctx = context.WithoutCancel(ctx)
	}
	return errors.Join(err, s.Release(ctx, sp))
}

// lostError says that a transaction ended with its connection.
func (s *Store) lostError() error {
	return fmt.Errorf("the connection to the org's database was lost in mid-transaction: %w", s.lost)
}
