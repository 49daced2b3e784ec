package api_test

import (
	"strings"
	"testing"

	"frontdesk/core"
)

const faqs = "/api/v1/admin/bots/default/faq"

func TestFAQ(t *testing.T) {
	d := newDesk(t)
	var one struct {
		Entry    core.FAQEntry
		Warnings []string
	}
	d.want(d.as(core.RoleEditor, "POST", faqs, `{"question":"几点开门","answers":[{"text":"九点","lang":"zh","channels":["web"],"until":"2027-01-01T00:00:00Z"}]}`), 200, &one)
	if one.Entry.ID == "" || one.Entry.Answers[0].Channels[0] != "web" || one.Entry.Answers[0].Until.Year() != 2027 {
		t.Errorf("%+v", one)
	}
	d.want(d.as(core.RoleEditor, "PUT", faqs+"/"+one.Entry.ID, `{"question":"几点开门","answers":[{"text":"十点"}]}`), 200, &one)
	d.want(d.as(core.RoleEditor, "POST", faqs, `{"question":"几点开门","answers":[{"text":"?"}]}`), 200, &one)
	if len(one.Warnings) != 1 {
		t.Errorf("%+v", one)
	}
	d.want(d.as(core.RoleEditor, "POST", faqs, `{"question":"退款","answers":[{"text":"订单页"}]}`), 200, nil)
	var page struct {
		Items []core.FAQEntry
		Next  string
	}
	var got []string
	for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
		d.want(d.as(core.RoleViewer, "GET", faqs+"?limit=1&cursor="+cursor, ""), 200, &page)
		got, cursor = append(got, page.Items[0].Answers[0].Text), page.Next
	}
	if strings.Join(got, " ") != "十点 ? 订单页" {
		t.Error(got)
	}
	d.want(d.as(core.RoleViewer, "GET", faqs+"?q=%E8%AE%A2%E5%8D%95", ""), 200, &page)
	if len(page.Items) != 1 || page.Items[0].Question != "退款" {
		t.Errorf("%+v", page)
	}
	d.want(d.as(core.RoleEditor, "DELETE", faqs+"/"+page.Items[0].ID, ""), 204, nil)
	d.want(d.as(core.RoleEditor, "DELETE", faqs+"/"+page.Items[0].ID, ""), 404, nil)
	for body, status := range map[string]int{`{}`: 400, `{"id":"x","question":"q","answers":[{"text":"a"}]}`: 400, `{"question":"q","answer":"a"}`: 400} {
		d.want(d.as(core.RoleEditor, "POST", faqs, body), status, nil)
	}
	d.want(d.as(core.RoleEditor, "PUT", faqs+"/a", `{"id":"b","question":"q","answers":[{"text":"a"}]}`), 400, nil)
}

func TestFAQFiles(t *testing.T) {
	d := newDesk(t)
	var ch struct{ Added, Removed int }
	send := func(status int, fields ...[2]string) {
		body, ct := upload(fields...)
		if status == 200 {
			d.want(d.as(core.RoleEditor, "POST", faqs+"/import", body, "Content-Type", ct), 200, &ch)
		} else {
			d.want(d.as(core.RoleEditor, "POST", faqs+"/import", body, "Content-Type", ct), status, nil)
		}
	}
	file := [2]string{"file:faq.json", `[{"id":"a","question":"q","answers":[{"text":"a"}]}]`}
	send(200, file, [2]string{"dry_run", "true"})
	if all, _ := d.FAQ.List(t.Context(), "", ""); len(all) != 0 || ch.Added != 1 {
		t.Errorf("a dry run wrote: %v, %+v", all, ch)
	}
	send(200, file)
	send(200, file, [2]string{"replace", "true"})
	if all, _ := d.FAQ.List(t.Context(), "", ""); len(all) != 1 || ch.Removed != 1 {
		t.Errorf("%v, %+v", all, ch)
	}
	send(400, file, [2]string{"replace", "perhaps"})
	send(400, [2]string{"file:faq.json", "x"})
	r := d.want(d.as(core.RoleViewer, "GET", faqs+"/export?format=xlsx", ""), 200, nil)
	if !strings.HasPrefix(r.body, "xlsx ") || !strings.Contains(r.header.Get("Content-Disposition"), "faq-default.xlsx") {
		t.Errorf("%s %v", r.body, r.header)
	}
	d.want(d.as(core.RoleViewer, "GET", faqs+"/export?format=exe", ""), 400, nil)
}
