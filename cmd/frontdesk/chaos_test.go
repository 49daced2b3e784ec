//go:build !long

package main

import "time"

// How long and how hard TestReplicasDie tries; make long does more.
const (
	chaosUsers  = 300
	chaosEvents = 6
	chaosEvery  = 10 * time.Second
)
