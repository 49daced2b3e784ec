// Package milvus keeps vectors in a Milvus server, for replicas that share them.
//
// A space is a collection; a bot's vectors are told by a field of theirs. The
// server is asked at the first use: one that is away costs an error, fast, and
// is asked again a little later. What a program writes it reads: searches are
// of session consistency; what others write is seen within about a second.
package milvus

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"

	"frontdesk/core"
	"frontdesk/knowledge"
)

var (
	_ knowledge.VectorStore = (*Store)(nil)
	_ knowledge.Vectors     = (*set)(nil)
)

// Options say where the server is.
type Options struct {
	// URL is milvus://host:port, with user and password before the host if the
	// server wants them.
	URL string
	// Prefix begins the names of collections; "frontdesk" if "".
	Prefix string
	Now    func() time.Time // time.Now if nil
}

// Store is safe for concurrent use.
type Store struct {
	o    Options
	conf client.Config

	dialing sync.Mutex // one connection is tried at a time; guards the rest
	client  client.Client
	failed  error     // of the last try
	until   time.Time // before which it is not tried again
	ready   map[string]bool
}

const (
	// patience is how long a connection is waited for, and pause how long none
	// is tried after one failed: a turn must not wait for a server that is away.
	patience = 2 * time.Second
	pause    = 3 * time.Second
)

// Open makes a store; it does not touch the network.
func Open(o Options) (*Store, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "milvus" || u.Host == "" {
		return nil, core.Invalid("vectors.url: write one like milvus://host:19530")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Prefix = cmp.Or(o.Prefix, "frontdesk")
	s := &Store{o: o, ready: map[string]bool{}}
	s.conf.Address = u.Host
	if u.User != nil {
		s.conf.Username = u.User.Username()
		s.conf.Password, _ = u.User.Password()
	}
	return s, nil
}

// Close ends the connection.
func (s *Store) Close() error {
	s.dialing.Lock()
	defer s.dialing.Unlock()
	if s.client == nil {
		return nil
	}
	return s.client.Close()
}

// Open implements knowledge.VectorStore.
func (s *Store) Open(w core.WorkspaceID, bot, space string, dim int) knowledge.Vectors {
	return &set{s: s, dim: dim, owner: digest(string(w) + "\x00" + bot), collection: s.o.Prefix + "_" + digest(fmt.Sprint(space, "\x00", dim))}
}

// digest is a name of what may hold any characters.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// connect returns the connection, tried for at most patience.
func (s *Store) connect(ctx context.Context) (client.Client, error) {
	s.dialing.Lock()
	defer s.dialing.Unlock()
	if s.client != nil {
		return s.client, nil
	}
	if s.failed != nil && s.o.Now().Before(s.until) {
		return nil, s.failed
	}
	// The connection outlives the call that makes it.
	try, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	c, err := client.NewClient(try, s.conf)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			err = errors.New("no answer")
		}
		s.failed, s.until = fmt.Errorf("milvus at %s: %w", s.conf.Address, err), s.o.Now().Add(pause)
		return nil, s.failed
	}
	s.client, s.failed = c, nil
	return c, nil
}

// The fields of a vector.
const (
	idField     = "id"    // owner and key: of a collection, no two are equal
	ownerField  = "owner" // of the bot
	vectorField = "v"
)

// collected returns the connection once a collection is there and loaded.
func (s *Store) collected(ctx context.Context, name string, dim int) (client.Client, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	s.dialing.Lock()
	ready := s.ready[name]
	s.dialing.Unlock()
	if ready {
		return c, nil
	}
	if err := prepare(ctx, c, name, dim); err != nil {
		return nil, fmt.Errorf("milvus collection %s: %w", name, err)
	}
	s.dialing.Lock()
	s.ready[name] = true
	s.dialing.Unlock()
	return c, nil
}

// prepare makes a collection, or what of it another replica has not made yet.
func prepare(ctx context.Context, c client.Client, name string, dim int) error {
	there, err := c.HasCollection(ctx, name)
	if err != nil {
		return err
	}
	if !there {
		schema := entity.NewSchema().WithName(name).WithDescription("vectors of passages, by frontdesk").
			WithField(entity.NewField().WithName(idField).WithDataType(entity.FieldTypeVarChar).WithMaxLength(64).WithIsPrimaryKey(true)).
			WithField(entity.NewField().WithName(ownerField).WithDataType(entity.FieldTypeVarChar).WithMaxLength(32)).
			WithField(entity.NewField().WithName(vectorField).WithDataType(entity.FieldTypeFloatVector).WithDim(int64(dim)))
		err := c.CreateCollection(ctx, schema, 1, client.WithConsistencyLevel(entity.ClSession))
		if there, herr := c.HasCollection(ctx, name); err != nil && (herr != nil || !there) {
			return err // else another was quicker
		}
	}
	if indexes, err := c.DescribeIndex(ctx, name, vectorField); err != nil || len(indexes) == 0 {
		index, err := entity.NewIndexHNSW(entity.IP, 24, 240)
		if err != nil {
			return err
		}
		if err := c.CreateIndex(ctx, name, vectorField, index, false); err != nil {
			return err
		}
	}
	return c.LoadCollection(ctx, name, false)
}
