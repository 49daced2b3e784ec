package postgres_test

import (
	"testing"

	"frontdesk/core/store"
	"frontdesk/core/store/modeltest"
	"frontdesk/core/store/postgres/pgtest"
)

// TestModel: replicas see what they would see on the store in memory.
func TestModel(t *testing.T) {
	server := pgtest.Start(t)
	modeltest.Run(t, model, func(t *testing.T) store.Backend { return open(t, server.Fresh(t)) })
}
