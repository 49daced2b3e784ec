//go:build !long

package sqlite_test

import "frontdesk/core/store/modeltest"

// model is how long TestModel tries.
var model = modeltest.Options{Checks: 100, Steps: 40, Seed: 1}
