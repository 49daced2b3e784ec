//go:build long

package sqlite_test

import "frontdesk/core/store/modeltest"

// model is how long TestModel tries.
var model = modeltest.Options{Checks: 5000, Steps: 60}
