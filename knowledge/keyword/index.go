// Package keyword finds passages by their words: BM25 over Han bigrams and
// stemmed words, in memory, with scores calibrated to chances.
//
// A snapshot is never altered: an update copies what it touches and swaps the
// whole, so searches take no lock. Postings of untouched terms are shared.
package keyword

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// Index is safe for concurrent use.
type Index struct {
	norm knowledge.Normalizer
	mu   sync.Mutex // writers
	snap atomic.Pointer[snapshot]
	work sync.Pool // *scratch
}

// New makes an empty index. norm is applied to passages and queries.
func New(norm knowledge.Normalizer) *Index {
	x := &Index{norm: norm}
	x.snap.Store(empty())
	return x
}

func empty() *snapshot {
	return &snapshot{dict: map[string]uint32{}, posts: make([][]posting, 1), docs: map[string][]int32{}, keyed: map[knowledge.Key][]int32{}}
}

// snapshot is one state of the index. Term 0 is no term: it parts sentences.
type snapshot struct {
	dict    map[string]uint32
	posts   [][]posting // by term, ordered by slot
	entries []*entry    // by slot; nil where free
	free    []int32
	docs    map[string][]int32 // slots of each document
	keyed   map[knowledge.Key][]int32
	dead    int // terms without postings, about
	count   int
	pairs   int
	length  float64 // of all passages, weighted
}

// posting says that a term is in a passage, how often, by field weight. The
// passage's length is in it because looking it up elsewhere is what a search
// among many would spend its time on.
type posting struct {
	slot   int32
	freq   float32
	length float32
}

// entry is a passage as searched.
type entry struct {
	passage core.Passage
	keys    []knowledge.Key
	length  float32
	terms   []uint32 // distinct, in order
	seq     []uint32 // of the text, 0 between sentences
	letters []uint32 // of a pair: distinct, of the question
	plain   []uint32 // those of letters that are common
}

// Update implements knowledge.Index.
func (x *Index) Update(docs map[string][]core.Passage) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := newEdit(x.snap.Load())
	for name, passages := range docs {
		e.remove(name)
		e.add(name, passages, x.norm)
	}
	if e.dead > mostDead && e.dead > len(e.posts)/2 {
		e = e.again(x.norm)
	}
	x.snap.Store(e.done())
}

// mostDead is how many terms that no passage has are kept before the index is
// made anew without them.
const mostDead = 20_000

// edit builds the next snapshot.
type edit struct {
	snapshot
	owned map[uint32]bool // posting lists that are copies already
	old   int             // terms there were before
}

// again makes the same index without the terms that occur nowhere.
func (e *edit) again(norm knowledge.Normalizer) *edit {
	fresh := newEdit(empty())
	for name, slots := range e.docs {
		ps := make([]core.Passage, len(slots))
		for i, slot := range slots {
			ps[i] = e.entries[slot].passage
		}
		fresh.add(name, ps, norm)
	}
	return fresh
}

func newEdit(s *snapshot) *edit {
	e := &edit{snapshot: *s, owned: map[uint32]bool{}, old: len(s.posts)}
	e.dict, e.docs, e.keyed = maps.Clone(s.dict), maps.Clone(s.docs), maps.Clone(s.keyed)
	e.posts, e.entries, e.free = slices.Clone(s.posts), slices.Clone(s.entries), slices.Clone(s.free)
	return e
}

func (e *edit) remove(name string) {
	touched := map[uint32]bool{}
	for _, slot := range e.docs[name] {
		old := e.entries[slot]
		for _, t := range old.terms {
			touched[t] = true
		}
		e.count--
		if old.letters != nil {
			e.pairs--
		}
		e.length -= float64(old.length)
		e.unkey(old.keys, slot)
		e.entries[slot] = nil
		e.free = append(e.free, slot)
	}
	delete(e.docs, name)
	for t := range touched {
		e.own(t)
		e.posts[t] = slices.DeleteFunc(e.posts[t], func(p posting) bool { return e.entries[p.slot] == nil })
		if len(e.posts[t]) == 0 {
			e.dead++
		}
	}
}

// unkey takes slot from the lists of keys, which others may be reading.
func (e *edit) unkey(keys []knowledge.Key, slot int32) {
	for _, k := range keys {
		left := slices.DeleteFunc(slices.Clone(e.keyed[k]), func(s int32) bool { return s == slot })
		if len(left) == 0 {
			delete(e.keyed, k)
			continue
		}
		e.keyed[k] = left
	}
}

// own makes the list of t ours to alter.
func (e *edit) own(t uint32) {
	if !e.owned[t] {
		e.posts[t], e.owned[t] = slices.Clone(e.posts[t]), true
	}
}

func (e *edit) add(name string, passages []core.Passage, norm knowledge.Normalizer) {
	for _, p := range passages {
		freq := map[uint32]float32{}
		it := e.analyse(p, norm, freq)
		slot := e.slot(it)
		for t, f := range freq {
			e.own(t)
			if n := len(e.posts[t]); n == 0 && e.dead > 0 && int(t) < e.old {
				e.dead--
			}
			e.posts[t] = append(e.posts[t], posting{slot, f, it.length})
			it.terms = append(it.terms, t)
		}
		slices.Sort(it.terms)
		for _, k := range it.keys {
			e.keyed[k] = append(slices.Clip(e.keyed[k]), slot)
		}
		e.docs[name] = append(e.docs[name], slot)
		e.count++
		if it.letters != nil {
			e.pairs++
		}
		e.length += float64(it.length)
	}
}

func (e *edit) slot(it *entry) int32 {
	if n := len(e.free); n > 0 {
		slot := e.free[n-1]
		e.free = e.free[:n-1]
		e.entries[slot] = it
		return slot
	}
	e.entries = append(e.entries, it)
	return int32(len(e.entries) - 1)
}

func (e *edit) done() *snapshot {
	s := e.snapshot
	return &s
}

// analyse reads p, adding to freq what its fields weigh.
func (e *edit) analyse(p core.Passage, norm knowledge.Normalizer, freq map[uint32]float32) *entry {
	it := &entry{passage: p}
	for _, text := range knowledge.Wordings(p) {
		it.keys = append(it.keys, knowledge.KeyOf(text))
	}
	count := func(text string, weight float32) []uint32 {
		ids := e.ids(knowledge.Terms(norm(text)))
		for _, id := range ids {
			freq[id] += weight
		}
		it.length += weight * float32(len(ids))
		return ids
	}
	count(p.Title, titleWeight)
	count(p.Question, questionWeight)
	if p.Question != "" {
		own := letters(norm(p.Question))
		it.letters = distinct(e.ids(own))
		it.plain = distinct(e.ids(slices.DeleteFunc(own, func(l string) bool { return common(l[len(mark):]) == 1 })))
		for _, id := range e.ids(letters(norm(p.Question + " " + p.Text))) {
			freq[id] = 1
		}
	}
	for _, sentence := range knowledge.Sentences(p.Text) {
		it.seq = append(append(it.seq, count(sentence, 1)...), 0)
	}
	return it
}

func (e *edit) ids(terms []string) []uint32 {
	out := make([]uint32, len(terms))
	for i, t := range terms {
		id, ok := e.dict[t]
		if !ok {
			id = uint32(len(e.posts))
			e.dict[t] = id
			e.posts = append(e.posts, nil)
			e.owned[id] = true
		}
		out[i] = id
	}
	return out
}

func distinct(ids []uint32) []uint32 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}
