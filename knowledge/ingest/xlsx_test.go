package ingest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"frontdesk/knowledge"
)

func TestSheets(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	format := func(t *testing.T, f *excelize.File, cell, code string) {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		must(t, err)
		must(t, f.SetCellStyle("Sheet1", cell, cell, id))
	}
	for _, c := range []struct {
		name string
		fill func(t *testing.T, f *excelize.File)
		want string
	}{
		{"a merged header with the unit over it", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "Price list", "A2": "SKU", "B2": "Price (CNY)", "D2": "Note", "B3": "List", "C3": "Member", "A4": "K3", "B4": 99, "C4": 95, "D4": "new", "A5": "K4", "B5": 199, "C5": 189})
			for _, m := range [][2]string{{"A1", "D1"}, {"A2", "A3"}, {"B2", "C2"}, {"D2", "D3"}} {
				must(t, f.MergeCell("Sheet1", m[0], m[1]))
			}
		}, "text | \"Price list\"\nrow | \"SKU: K3; Price (CNY) List: 99; Price (CNY) Member: 95; Note: new\"\nrow | \"SKU: K4; Price (CNY) List: 199; Price (CNY) Member: 189\"\n"},
		{"the same without merged cells", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "SKU", "B1": "Price (CNY)", "B2": "List", "C2": "Member", "A3": "K3", "B3": 99, "C3": 95})
		}, "row | \"SKU: K3; Price (CNY) List: 99; Price (CNY) Member: 95\"\n"},
		{"a row of units", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "型号", "B1": "重量", "C1": "宽", "B2": "kg", "C2": "mm", "A3": "K3", "B3": 1.5, "C3": 600})
		}, "row | \"型号: K3; 重量 (kg): 1.5; 宽 (mm): 600\"\n"},
		{"merged down", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "类别", "B1": "型号", "C1": "价格", "A2": "冰箱", "B2": "K3", "C2": 9, "B3": "K4", "C3": 8, "A4": "空调", "B4": "K5", "C4": 7})
			must(t, f.MergeCell("Sheet1", "A2", "A3"))
		}, "row | \"类别: 冰箱; 型号: K3; 价格: 9\"\nrow | \"类别: 冰箱; 型号: K4; 价格: 8\"\nrow | \"类别: 空调; 型号: K5; 价格: 7\"\n"},
		{"as shown", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "Name", "B1": "Price", "C1": "Share", "D1": "From", "A2": "K3", "B2": 1299.5, "C2": 0.175, "D2": time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
			format(t, f, "B2", "¥#,##0.00")
			format(t, f, "C2", "0.0%")
			format(t, f, "D2", "yyyy-mm-dd")
		}, "row | \"Name: K3; Price: ¥1,299.50; Share: 17.5%; From: 2026-03-01\"\n"},
		{"two tables and a note", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "Model", "B1": "Price", "A2": "K3", "B2": 9, "A4": "K4", "B4": 8, "A6": "Code", "B6": "Meaning", "C6": "Action", "A7": "E1", "B7": "no water", "C7": "open the tap", "A9": "Prices hold until March."})
		}, "row | \"Model: K3; Price: 9\"\nrow | \"Model: K4; Price: 8\"\nrow | \"Code: E1; Meaning: no water; Action: open the tap\"\ntext | \"Prices hold until March.\"\n"},
		{"lines over rows, the header again, a hidden column", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "Model", "B1": "Cost", "C1": "Price", "A2": "Kettles", "A3": "K3", "B3": 5, "C3": 9, "A4": "Model", "B4": "Cost", "C4": "Price", "A5": "Irons", "A6": "I1", "B6": 6, "C6": 19})
			must(t, f.SetColVisible("Sheet1", "B", false))
			must(t, f.MergeCell("Sheet1", "A2", "C2"))
			must(t, f.MergeCell("Sheet1", "A5", "C5"))
		}, "row | \"Kettles; Model: K3; Price: 9\"\nrow | \"Irons; Model: I1; Price: 19\"\n"},
		{"names and values", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "Voltage", "B1": "220 V", "A2": "Weight", "B2": "3 kg"})
		}, "row | \"Voltage: 220 V\"\nrow | \"Weight: 3 kg\"\n"},
		{"years over numbers", func(t *testing.T, f *excelize.File) {
			set(t, f, "Sheet1", map[string]any{"A1": "Region", "B1": 2024, "C1": 2025, "A2": "North", "B2": 12, "C2": 15, "A3": "South", "B3": 9, "C3": 11})
		}, "row | \"Region: North; 2024: 12; 2025: 15\"\nrow | \"Region: South; 2024: 9; 2025: 11\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readXLSX("x.xlsx", xlsx(t, func(f *excelize.File) { c.fill(t, f) }), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, show(knowledge.Parsed{Blocks: got.Blocks[1:]})[len(", 0 pages, silent []\n"):]); diff != "" {
				t.Error(diff)
			}
		})
	}
}
