package graph_test

import (
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge/graph"
)

// sold are tables in two languages of things with a model, what is said of their
// parts, and what one of them is like.
func sold() []core.Passage {
	zh := func(name, model, price string) core.Passage {
		return row("prices.md", 0, "价目表 › 商品", "*商品", "", name, "型号", "", model, "价格", "", price, "颜色", "", "白", "保修", "", "2 年")
	}
	en := func(name, model, price string) core.Passage {
		return row("prices.md", 0, "Prices › Products", "*Product", "", name, "Model", "", model, "Price", "", price, "Warranty", "", "2 years")
	}
	parts := func(name, value string) core.Passage {
		return row("terms.pdf", 1, "保修条款 › 期限", "*商品", "", name, "整机", "", "2 年", "主要部件", "", value)
	}
	return []core.Passage{
		zh("山风吸尘器", "V3", "899 元"), zh("溪石电饭锅", "C7", "459 元"), zh("北窗吹风机", "H5", "199 元"), zh("北窗落地灯", "L4", "259 元"),
		en("Hillwind vacuum cleaner", "V3", "¥899"), en("Brookstone rice cooker", "C7", "¥459"), en("Northlight hair dryer", "H5", "¥199"), en("Northlight floor lamp", "L4", "¥259"),
		row("prices.md", 0, "价目表 › 耗材", "*耗材", "", "尘袋（5 个装）", "适用型号", "", "V3", "价格", "", "29 元"),
		parts("山风吸尘器 V3", "电机 5 年，电池 1 年"), parts("溪石电饭锅 C7", "风机 3 年"), parts("北窗吹风机 H5、北窗落地灯 L4", "灯头 4 年"),
		row("terms.pdf", 2, "Warranty terms › Period", "*Product", "", "Hillwind V3 vacuum cleaner", "Whole product", "", "2 years", "Main parts", "", "motor 5 years, battery 1 year"),
		row("v3.pdf", 1, "山风吸尘器 V3 规格 › 清洁", "*项目", "", "最大吸力", "数值", "", "9,000 Pa"),
		row("v3.pdf", 1, "山风吸尘器 V3 规格 › 清洁", "*项目", "", "尘盒容量", "数值", "", "600 毫升"),
		row("v3.pdf", 2, "Hillwind V3 specifications › Cleaning", "*Item", "", "Dust box", "Value", "", "600 ml"),
	}
}

// A product is called by the noun its name ends in, or by its model, in either
// language; what is asked of it and nothing else is answered.
func TestProducts(t *testing.T) {
	s := of(sold())
	for _, tc := range []struct{ question, last, want string }{
		{"电饭锅的价格是多少？", "", "溪石电饭锅：价格 459 元。"},
		{"What is the price of the rice cooker?", "", "Brookstone rice cooker: Price ¥459."},
		{"What does the rice cooker cost?", "", "Brookstone rice cooker: Price ¥459."},
		{"C7 多少钱", "", "溪石电饭锅：价格 459 元。"},
		{"山风 V3 现在卖多少钱", "", "山风吸尘器：价格 899 元。"},
		{"吸尘器和电饭锅哪个便宜", "", "山风吸尘器：价格 899 元。\n溪石电饭锅：价格 459 元。\n价格较低的是 溪石电饭锅。"},
		{"那电饭锅呢", "吸尘器多少钱", "溪石电饭锅：价格 459 元。"},
		{"吸尘器电机保修几年", "", "山风吸尘器：主要部件 电机 5 年，电池 1 年。"},
		{"How long is the warranty of the battery of the V3?", "", "Hillwind V3 vacuum cleaner: Main parts motor 5 years, battery 1 year."},
		{"吸尘器保修多久", "", "山风吸尘器：保修 2 年。"},
		{"落地灯的主要部件", "", "北窗落地灯：主要部件 灯头 4 年。"},
		{"吸尘器有什么颜色", "", "山风吸尘器：颜色 白。"},
		{"V3 最大吸力", "", "山风吸尘器：最大吸力 9,000 Pa。"},
		{"How big is the dust box of the V3?", "", "Hillwind vacuum cleaner: Dust box 600 ml."},
		{"吸尘器的尘袋多少钱", "", "尘袋（5 个装）：价格 29 元。"},
		// What says more, or asks something else, is nothing that the tables say.
		{"风机保修多久", "", "behind"}, // of another product, not the end of its name
		{"电饭锅刻字多少钱", "", "behind"},
		{"电饭锅降价了能退差价吗", "", "behind"},
		{"Is the price of the rice cooker with tax?", "", "behind"},
		{"V3 充满电需要多久？", "V3 最大吸力是多少？", "behind"},
		{"吸尘器怎么清洗", "电饭锅保修多久", "behind"},
		{"运费多少钱", "尘袋多少钱", "behind"},
		{"最大吸力是多少", "", "behind"},
	} {
		d, got := ask(t, s, tc.question, tc.last)
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.question, got, tc.want)
		}
		if d != nil && d.By == graph.By && (len(d.Citations) == 0 || d.Citations[0].Doc == "") {
			t.Errorf("%s: %+v", tc.question, d)
		}
	}
}

// A model that two rows of a table have is not what they are sold under.
func TestAModelOfTwo(t *testing.T) {
	r := func(name string) core.Passage {
		return row("parts.md", 0, "零件", "*零件", "", name, "型号", "", "V3", "价格", "", "9 元")
	}
	if _, got := ask(t, of([]core.Passage{r("长柄刷头"), r("短柄滚刷")}), "V3 多少钱", ""); got != "behind" {
		t.Error(got)
	}
}
