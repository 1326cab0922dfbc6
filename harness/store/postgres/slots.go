package postgres

import (
	"context"
	"maps"
	"slices"
)

// A run has a number of connections. A store keeps the one it has used until
// another store needs it; inside a transaction it keeps it whatever comes.

// acquire gives stores their connections, to all of them or to none, so that
// two that wait for each other's never come about.
func (srv *Server) acquire(ctx context.Context, stores ...*Store) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	srv.mu.Lock()
	if s := stores[0]; len(stores) == 1 && s.session != nil && srv.stores[s] {
		s.busy++
		srv.mu.Unlock()
		return nil
	}
	defer context.AfterFunc(ctx, srv.wake)()
	for !srv.reserve(stores) {
		if ctx.Err() != nil {
			srv.mu.Unlock()
			return ctx.Err()
		}
		srv.wait.Wait()
	}
	srv.mu.Unlock()
	for i, s := range stores {
		if s.session != nil {
			continue
		}
		err := srv.connectStore(ctx, s)
		if err == nil {
			continue
		}
		for _, other := range stores[i:] {
			srv.disconnect(other)
		}
		for _, other := range stores {
			srv.release(other)
		}
		return err
	}
	return nil
}

// reserve marks stores as busy if there are connections for all of them. Those
// of idle stores are taken, that which was used longest ago first.
func (srv *Server) reserve(stores []*Store) bool {
	need := 0
	for _, s := range stores {
		if !srv.stores[s] {
			need++
		}
	}
	if need > srv.free {
		idle := srv.idle(stores)
		if srv.free+len(idle) < need {
			return false
		}
		for _, s := range idle[:need-srv.free] {
			srv.detach(s)
		}
	}
	for _, s := range stores {
		if !srv.stores[s] {
			srv.stores[s] = true
			srv.free--
		}
		s.busy++
	}
	return true
}

// idle lists the stores whose connections can be taken.
func (srv *Server) idle(except []*Store) []*Store {
	list := slices.Collect(maps.Keys(srv.stores))
	list = slices.DeleteFunc(list, func(s *Store) bool { return s.busy > 0 || s.depth > 0 || slices.Contains(except, s) })
	slices.SortFunc(list, func(a, b *Store) int { return int(a.used - b.used) })
	return list
}

// detach closes the connection of a store; srv.mu is held.
func (srv *Server) detach(s *Store) {
	if !srv.stores[s] {
		return
	}
	delete(srv.stores, s)
	srv.free++
	if s.session != nil {
		s.session.close()
		s.session = nil
	}
	srv.wait.Broadcast()
}

// disconnect closes the connection of a store.
func (srv *Server) disconnect(s *Store) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.detach(s)
}

// release ends a call of a store.
func (srv *Server) release(s *Store) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	s.busy--
	srv.clock++
	s.used = srv.clock
	if s.busy == 0 && s.depth == 0 && srv.free == 0 {
		srv.wait.Broadcast()
	}
}

// wake lets those who wait for a connection look again.
func (srv *Server) wake() {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.wait.Broadcast()
}
