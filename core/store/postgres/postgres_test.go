package postgres_test

import (
	"context"
	"os"
	"testing"

	"frontdesk/core/store"
	"frontdesk/core/store/postgres"
	"frontdesk/core/store/postgres/pgtest"
	"frontdesk/core/store/storetest"
)

func TestStore(t *testing.T) {
	server := pgtest.Start(t)
	storetest.Run(t, func(t *testing.T) func() store.Backend {
		url := server.Fresh(t)
		return func() store.Backend {
			s, err := postgres.Open(context.Background(), url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	})
}

func TestMain(m *testing.M) { os.Exit(m.Run()) }
