//go:build long

package postgres_test

import "frontdesk/core/store/modeltest"

// model is how long TestModel tries.
var model = modeltest.Options{Checks: 1000, Steps: 60, Shared: true}
