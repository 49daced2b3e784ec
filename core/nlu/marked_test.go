package nlu_test

import (
	"reflect"
	"testing"

	"frontdesk/core/nlu"
)

func TestReadMarks(t *testing.T) {
	for s, want := range map[string]nlu.Marked{
		"[red](colour) shoes":             {Text: "red shoes", Marks: []nlu.Mark{{Start: 0, End: 3, Name: "colour"}}},
		"有[紅色](colour:red)的[鞋](item)吗":    {Text: "有紅色的鞋吗", Marks: []nlu.Mark{{Start: 3, End: 9, Name: "colour", Value: "red"}, {Start: 12, End: 15, Name: "item"}}},
		"an [aside], (b) and [c](not ok)": {Text: "an [aside], (b) and [c](not ok)"},
		"":                                {},
	} {
		if got := nlu.ReadMarks(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", s, got, want)
		}
	}
}
