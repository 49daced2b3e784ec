//go:build !long

package postgres_test

import "frontdesk/core/store/modeltest"

// model is how long TestModel tries.
var model = modeltest.Options{Checks: 12, Steps: 60, Seed: 1, Shared: true}
