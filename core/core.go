// Package core holds the words of the product: what a message is, what a
// turn is, what a conversation remembers. It imports only the standard library.
package core

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"time"
)

// WorkspaceID names a tenant. It is part of every key.
type WorkspaceID string

// DefaultWorkspace is the workspace of everything the configuration file names.
const DefaultWorkspace WorkspaceID = "default"

// ConversationID names one customer's chat on one channel: order, partition
// and seq hang on it.
type ConversationID string

// CaseID names one episode of a conversation, from first message to resolution.
type CaseID string

// ContactID names a person, across conversations.
type ContactID string

// TurnID names an inbound message and the answer to it. Seq is the message's
// own, so the id sorts, needs no index of its own and cannot be guessed wrong.
type TurnID struct {
	Conversation ConversationID `json:"conversation"`
	Seq          int64          `json:"seq"`
}

// String is how logs and replies' ids show t.
func (t TurnID) String() string { return fmt.Sprintf("%s/%d", t.Conversation, t.Seq) }

// Partitions is how many shares the conversations are divided into.
const Partitions = 256

// Partition is the share c belongs to; it never changes.
func (c ConversationID) Partition() int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c))
	return int(h.Sum32() % Partitions)
}

// NewID returns a UUIDv7: sorted by time, so that rows of one day lie together.
func NewID(now time.Time) string {
	var b [16]byte
	_, _ = rand.Read(b[6:])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
