package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
	"frontdesk/knowledge"
)

func cellsOf(blocks []knowledge.Block) [][]core.Cell {
	var out [][]core.Cell
	for _, b := range blocks {
		out = append(out, b.Cells)
	}
	return out
}

func TestARowHasItsCells(t *testing.T) {
	got := tableRows([]column{{name: "型号 Model"}, {"尺寸 Size", "宽 W (mm)"}, {"尺寸 Size", "高 H (mm)"}, {name: "价格（元）"}},
		[][]string{{"A3", "600", "", "1,299"}, {"A4", "610", "850 ", "面议"}}, 7)
	want := []knowledge.Block{
		{Kind: knowledge.Row, Page: 7, Text: "型号 Model: A3; 尺寸 Size 宽 W (mm): 600; 价格（元）: 1,299", Cells: []core.Cell{
			{Column: "型号 Model", Value: "A3", Key: true}, {Group: "尺寸 Size", Column: "宽 W", Unit: "mm", Value: "600"},
			{Column: "价格", Unit: "元", Value: "1,299"}}},
		{Kind: knowledge.Row, Page: 7, Text: "型号 Model: A4; 尺寸 Size 宽 W (mm): 610; 尺寸 Size 高 H (mm): 850; 价格（元）: 面议", Cells: []core.Cell{
			{Column: "型号 Model", Value: "A4", Key: true}, {Group: "尺寸 Size", Column: "宽 W", Unit: "mm", Value: "610"},
			{Group: "尺寸 Size", Column: "高 H", Unit: "mm", Value: "850"}, {Column: "价格", Unit: "元", Value: "面议"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for text, c := range map[string]core.Cell{"600 mm": want[0].Cells[1], "1,299 元": want[0].Cells[2], "面议": want[1].Cells[3]} {
		if c.Quote() != text {
			t.Errorf("Quote = %q, want %q", c.Quote(), text)
		}
	}
}

func TestKeysTellRowsApart(t *testing.T) {
	for _, c := range []struct {
		name string
		rows [][]string
		want []bool // by column
	}{
		{"the first", [][]string{{"A", "x", "1"}, {"B", "x", "2"}}, []bool{true, false, false}},
		{"after a running number", [][]string{{"1", "A", "9"}, {"2", "B", "8"}, {"3", "C", "8"}}, []bool{false, true, false}},
		{"a merged cell and the next", [][]string{{"Fridges", "A", "9"}, {"Fridges", "B", "8"}, {"Irons", "A", "7"}}, []bool{true, true, false}},
		{"a number and its name", [][]string{{"1004", "Kettle", "9"}, {"1077", "Iron", "8"}}, []bool{true, true, false}},
		{"numbers alone", [][]string{{"5", "9"}, {"10", "8"}, {"20", "8"}}, []bool{true, false}},
		{"nothing tells", [][]string{{"a", "b"}, {"a", "b"}}, []bool{true, false}},
	} {
		keys := keyColumns(columnsNamed(make([]string, len(c.want))), c.rows)
		for i, want := range c.want {
			if keys[i] != want {
				t.Errorf("%s: column %d: %v, want %v", c.name, i, keys[i], want)
			}
		}
	}
}

func TestATableOnItsSideIsSetUpright(t *testing.T) {
	for _, c := range []struct {
		name   string
		header []column
		rows   [][]string
		want   []string
	}{
		{"units in the first column", columnsNamed([]string{"项目", "甲款", "乙款"}), [][]string{{"重量 (kg)", "1.2", "1.5"}, {"功率 (W)", "800", "900"}},
			[]string{"甲款; 重量 (kg): 1.2; 功率 (W): 800", "乙款; 重量 (kg): 1.5; 功率 (W): 900"}},
		{"codes in the header, below a group", []column{{name: "Item"}, {"Irons", "K3"}, {"Irons", "K4"}}, [][]string{{"Colour", "red", "blue"}},
			[]string{"Irons: K3; Colour: red", "Irons: K4; Colour: blue"}},
		{"alike along rows", columnsNamed([]string{"Plan", "Basic", "Pro", "Team"}), [][]string{{"Price", "$9", "$29", "$99"}, {"Storage", "10 GB", "1 TB", "5 TB"}, {"Support", "none", "mail", "phone"}, {"Trial", "7 days", "14 days", "30 days"}},
			[]string{"Basic; Price: $9; Storage: 10 GB; Support: none; Trial: 7 days", "Pro; Price: $29; Storage: 1 TB; Support: mail; Trial: 14 days", "Team; Price: $99; Storage: 5 TB; Support: phone; Trial: 30 days"}},
		{"a price matrix stays", columnsNamed([]string{"地区", "首重", "续重", "偏远"}), [][]string{{"华东", "8 元", "2 元", "9 元"}, {"华北", "9 元", "3 元", "9 元"}, {"西北", "15 元", "8 元", "9 元"}},
			[]string{"地区: 华东; 首重: 8 元; 续重: 2 元; 偏远: 9 元", "地区: 华北; 首重: 9 元; 续重: 3 元; 偏远: 9 元", "地区: 西北; 首重: 15 元; 续重: 8 元; 偏远: 9 元"}},
		{"names and values stay", columnsNamed([]string{"Item", "Value"}), [][]string{{"Voltage", "220 V"}, {"Weight", "3 kg"}, {"Colour", "white"}},
			[]string{"Item: Voltage; Value: 220 V", "Item: Weight; Value: 3 kg", "Item: Colour; Value: white"}},
		{"codes below stay", columnsNamed([]string{"Model", "H2O", "CO2"}), [][]string{{"K3", "1", "2"}, {"K4", "3", "4"}},
			[]string{"Model: K3; H2O: 1; CO2: 2", "Model: K4; H2O: 3; CO2: 4"}},
	} {
		var got []string
		for _, b := range tableRows(c.header, c.rows, 0) {
			got = append(got, b.Text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func TestUnits(t *testing.T) {
	for header, want := range map[string][2]string{
		"Noise (dB(A))":         {"Noise", "dB(A)"},
		"年耗电 Energy (kWh/yr)":   {"年耗电 Energy", "kWh/yr"},
		"冷冻能力 (kg/24h)":         {"冷冻能力", "kg/24h"},
		"更换周期 Interval (月 mo.)": {"更换周期 Interval", "月 mo."},
		"价格（元/月）":               {"价格", "元/月"},
		"价格（单位：元）":              {"价格", "元"},
		"Weight, kg":            {"Weight", "kg"},
		"重量/kg":                 {"重量", "kg"},
		"Width mm":              {"Width", "mm"},
		"Length [m]":            {"Length", "m"},
		"Price in USD":          {"Price", "USD"},
		"价格（含税）":                {"价格（含税）", ""},
		"Delivery time":         {"Delivery time", ""},
		"Model A":               {"Model A", ""},
		"Check in":              {"Check in", ""},
		"5 GHz":                 {"5 GHz", ""},
		"(kg)":                  {"(kg)", ""},
		"Size (large)":          {"Size (large)", ""},
		"":                      {"", ""},
	} {
		if name, unit := splitUnit(header); name != want[0] || unit != want[1] {
			t.Errorf("%q: %q, %q, want %q", header, name, unit, want)
		}
	}
}
