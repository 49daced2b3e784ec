package milvus

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// set is one bot's vectors in one collection.
type set struct {
	s                 *Store
	dim               int
	owner, collection string

	mu   sync.Mutex // below
	mean []float32  // of a sample; nil if it is to be taken
}

const (
	// page is how many rows are asked for, written or named at a time.
	page = 500
	// sample is how many vectors their mean is taken of: its error is some
	// hundredths of a vector's distance from it.
	sample = 2000
	// breadth is how many candidates the index keeps at least while it searches.
	breadth = 200
)

func session() client.SearchQueryOptionFunc {
	return client.WithSearchQueryConsistencyLevel(entity.ClSession)
}

func (s *set) id(k knowledge.Key) string { return s.owner + hex.EncodeToString(k[:]) }

// key is the key of a row's id.
func (s *set) key(id string) (k knowledge.Key, err error) {
	text, ok := strings.CutPrefix(id, s.owner)
	if b, herr := hex.DecodeString(text); ok && herr == nil && len(b) == len(k) {
		return knowledge.Key(b), nil
	}
	return k, fmt.Errorf("milvus: %q is no id of a vector", id)
}

// mine is the condition for a row of this bot.
func (s *set) mine() string { return fmt.Sprintf("%s == %q", ownerField, s.owner) }

// named is the condition for the rows of keys.
func (s *set) named(keys []knowledge.Key) string {
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = `"` + s.id(k) + `"`
	}
	return idField + " in [" + strings.Join(ids, ",") + "]"
}

// rows asks for the rows of a condition.
func (s *set) rows(ctx context.Context, c client.Client, condition string, limit int, vectors bool) ([]knowledge.Vector, error) {
	fields := []string{idField}
	if vectors {
		fields = append(fields, vectorField)
	}
	got, err := c.Query(ctx, s.collection, nil, condition, fields, client.WithLimit(int64(limit)), session())
	if err != nil {
		return nil, fmt.Errorf("milvus query: %w", err)
	}
	return s.vectors(got, vectors)
}

func (s *set) vectors(rows client.ResultSet, vectors bool) ([]knowledge.Vector, error) {
	ids, ok := rows.GetColumn(idField).(*entity.ColumnVarChar)
	if !ok {
		return nil, nil // no rows, no columns
	}
	out := make([]knowledge.Vector, ids.Len())
	for i, id := range ids.Data() {
		var err error
		if out[i].Key, err = s.key(id); err != nil {
			return nil, err
		}
	}
	if !vectors {
		return out, nil
	}
	vs, ok := rows.GetColumn(vectorField).(*entity.ColumnFloatVector)
	if !ok || vs.Len() != len(out) {
		return nil, fmt.Errorf("milvus: rows of %s come without their vectors", s.collection)
	}
	for i, v := range vs.Data() {
		out[i].V = v
	}
	return out, nil
}

// Missing implements knowledge.Vectors.
func (s *set) Missing(ctx context.Context, keys []knowledge.Key) ([]knowledge.Key, error) {
	c, err := s.s.collected(ctx, s.collection, s.dim)
	if err != nil {
		return nil, err
	}
	there := map[knowledge.Key]bool{}
	for part := range slices.Chunk(keys, page) {
		got, err := s.rows(ctx, c, s.named(part), len(part), false)
		if err != nil {
			return nil, err
		}
		for _, v := range got {
			there[v.Key] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k knowledge.Key) bool { return there[k] }), nil
}

// Get implements knowledge.Vectors.
func (s *set) Get(ctx context.Context, keys []knowledge.Key) (out []knowledge.Vector, err error) {
	c, err := s.s.collected(ctx, s.collection, s.dim)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(keys, page) {
		got, err := s.rows(ctx, c, s.named(part), len(part), true)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

// Put implements knowledge.Vectors.
func (s *set) Put(ctx context.Context, vs []knowledge.Vector) error {
	fresh := map[knowledge.Key][]float32{}
	var keys []knowledge.Key
	for _, v := range vs {
		if len(v.V) != s.dim {
			return core.Invalid("vectors: one of %d numbers does not fit among those of %d", len(v.V), s.dim)
		}
		if fresh[v.Key] == nil {
			fresh[v.Key] = v.V
			keys = append(keys, v.Key)
		}
	}
	keys, err := s.Missing(ctx, keys)
	if err != nil {
		return err
	}
	c, err := s.s.collected(ctx, s.collection, s.dim)
	if err != nil {
		return err
	}
	defer s.forgetMean()
	for part := range slices.Chunk(keys, page) {
		ids, owners, rows := make([]string, len(part)), make([]string, len(part)), make([][]float32, len(part))
		for i, k := range part {
			ids[i], owners[i], rows[i] = s.id(k), s.owner, fresh[k]
		}
		// Another replica may be quicker: its row and this are equal.
		if _, err := c.Upsert(ctx, s.collection, "", entity.NewColumnVarChar(idField, ids), entity.NewColumnVarChar(ownerField, owners),
			entity.NewColumnFloatVector(vectorField, s.dim, rows)); err != nil {
			return fmt.Errorf("milvus upsert: %w", err)
		}
	}
	return nil
}

// Keep implements knowledge.Vectors.
func (s *set) Keep(ctx context.Context, keys []knowledge.Key) error {
	c, err := s.s.collected(ctx, s.collection, s.dim)
	if err != nil {
		return err
	}
	wanted := make(map[knowledge.Key]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	var gone []knowledge.Key
	for last := ""; ; {
		got, err := s.rows(ctx, c, fmt.Sprintf("%s and %s > %q", s.mine(), idField, last), page, false)
		if err != nil {
			return err
		}
		for _, v := range got {
			last = max(last, s.id(v.Key))
			if !wanted[v.Key] {
				gone = append(gone, v.Key)
			}
		}
		if len(got) < page {
			break
		}
	}
	defer s.forgetMean()
	for part := range slices.Chunk(gone, page) {
		if err := c.Delete(ctx, s.collection, "", s.named(part)); err != nil {
			return fmt.Errorf("milvus delete: %w", err)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	// A session's reads wait for its writes, not for its deletions: one read that
	// waits for everything does (some 200 ms).
	_, err = c.Query(ctx, s.collection, nil, s.mine(), []string{idField}, client.WithLimit(1), client.WithSearchQueryConsistencyLevel(entity.ClStrong))
	if err != nil {
		return fmt.Errorf("milvus query: %w", err)
	}
	return nil
}

// Nearest implements knowledge.Vectors.
func (s *set) Nearest(ctx context.Context, q []float32, limit int) ([]knowledge.Vector, error) {
	if limit <= 0 || len(q) != s.dim {
		return nil, ctx.Err()
	}
	c, err := s.s.collected(ctx, s.collection, s.dim)
	if err != nil {
		return nil, err
	}
	how, err := entity.NewIndexHNSWSearchParam(max(breadth, 2*limit))
	if err != nil {
		return nil, err
	}
	got, err := c.Search(ctx, s.collection, nil, s.mine(), []string{idField, vectorField}, []entity.Vector{entity.FloatVector(q)},
		vectorField, entity.IP, limit, how, session())
	if err != nil {
		return nil, fmt.Errorf("milvus search: %w", err)
	}
	if len(got) != 1 || got[0].ResultCount == 0 {
		return nil, nil
	}
	return s.vectors(got[0].Fields, true)
}

// Mean implements knowledge.Vectors: of a sample, taken again when this program
// has changed something.
func (s *set) Mean(ctx context.Context) ([]float32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mean != nil {
		return s.mean, nil
	}
	c, err := s.s.collected(ctx, s.collection, s.dim)
	if err != nil {
		return nil, err
	}
	got, err := s.rows(ctx, c, s.mine(), sample, true)
	if err != nil || len(got) == 0 {
		return nil, err
	}
	mean := make([]float32, s.dim)
	for _, v := range got {
		for i, f := range v.V {
			mean[i] += f / float32(len(got))
		}
	}
	s.mean = mean
	return mean, nil
}

func (s *set) forgetMean() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mean = nil
}
