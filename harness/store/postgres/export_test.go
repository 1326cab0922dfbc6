package postgres

import "testing"

// StopContainer ends the server without telling anyone.
func StopContainer(t testing.TB, srv *Server) bool {
	t.Helper()
	if srv.container == nil {
		return false
	}
	if err := srv.container.running.Stop(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return true
}
