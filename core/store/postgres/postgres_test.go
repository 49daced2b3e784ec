package postgres_test

import (
	"context"
	"testing"

	"frontdesk/core"
	"frontdesk/core/store"
	"frontdesk/core/store/postgres"
	"frontdesk/core/store/postgres/pgtest"
	"frontdesk/core/store/sqlstore"
	"frontdesk/core/store/storetest"
	"frontdesk/knowledge/knowledgetest"
)

func open(t *testing.T, url string) *sqlstore.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore(t *testing.T) {
	server := pgtest.Start(t)
	storetest.Run(t, func(t *testing.T) func() store.Backend {
		url := server.Fresh(t)
		return func() store.Backend { return open(t, url) }
	})
	storetest.RunAccounts(t, func(t *testing.T) core.Accounts { return open(t, server.Fresh(t)) })
	storetest.RunCalls(t, func(t *testing.T) core.Calls { return open(t, server.Fresh(t)) })
	knowledgetest.RunLibrary(t, func(t *testing.T) core.Library { return open(t, server.Fresh(t)) })
	knowledgetest.RunArchive(t, func(t *testing.T) core.Archive { return open(t, server.Fresh(t)) })
}
