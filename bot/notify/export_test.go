package notify_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shopwarden/bot/alarm"
	"shopwarden/bot/export"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

func november(t testing.TB, lang string) notify.ExportView {
	v := view(t)
	v.Lang = lang
	return notify.ExportView{View: v, From: date(17), To: date(24), Format: export.XLSX, Rows: 3, Since: at(1, "00:00:00"),
		Days: rules.Days{date(22): {"ship-on-time": {Met: 1, Void: 1}}, date(23): {"ship-on-time": {Breached: 1}, "invoice-on-time": {}}}}
}

// exported are an order shipped in time, one that is late and not done, and one that was canceled.
func exported(t testing.TB, v notify.View) []notify.ExportRow {
	cent := int64(123450)
	v.Now = at(23, "20:15:00")
	return []notify.ExportRow{
		{Case: shipping(t, "4812345678901234567", v.Now, fact("order.picked_up", at(22, "09:30:00"))), Carrier: "SF", Currency: "CNY", Amount: &cent, Buyer: "王小明"},
		{Case: shipping(t, "0042", v.Now), Paused: 90 * time.Second, Alarm: alarm.Alarm{Taken: alarm.Mark{Name: "=Li", At: 1}}},
		{Case: shipping(t, "7", v.Now, fact("order.canceled", at(22, "08:00:00"), rules.Attr{Key: "by", Value: "buyer"})),
			Alarm: alarm.Alarm{Excused: alarm.Mark{Name: "Li", At: 1}, Cause: "buyer"}},
	}
}

func write(t testing.TB, e notify.ExportView) (data []byte, ending string) {
	t.Helper()
	e.Now = at(23, "20:15:00")
	out := export.New(e.Format)
	t.Cleanup(out.Close)
	w, err := composer(t).ExportFile(e, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range exported(t, e.View) {
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(e); err != nil {
		t.Fatal(err)
	}
	if data, ending, err = out.Finish(export.MaxBytes, true); err != nil {
		t.Fatal(err)
	}
	return data, ending
}

func TestTheWayToAFileIsExplained(t *testing.T) {
	c := composer(t)
	both(t, "export", func(lang string, s *sheet) {
		e := november(t, lang)
		html, buttons := c.ExportChoice(e.View, "", false)
		s.page("which days", html, buttons)
		html, buttons = c.ExportChoice(e.View, "lastweek", true)
		s.page("not understood, in a group", html, buttons)
		html, buttons = c.ExportMaking(e, false)
		s.page("being made", html, buttons)
		html, buttons = c.ExportMaking(e, true)
		s.page("another is being made", html, buttons)
		html, buttons = c.ExportRefused(e.View)
		s.page("for a viewer", html, buttons)
		for trouble := notify.ExportEmpty; trouble <= notify.ExportFailed; trouble++ {
			html, buttons = c.ExportTroubled(e, trouble)
			s.page("no file: "+trouble.String(), html, buttons)
		}
		s.page("caption of "+e.ExportName(), c.ExportCaption(e), nil)
		e.Rule, e.Format, e.Masked, e.More, e.Rows, e.To = "ship-on-time", export.CSV, true, true, notify.ExportCap, date(18)
		s.page("caption of "+e.ExportName(), c.ExportCaption(e), nil)
		e = november(t, lang)
		e.Format, e.Masked = export.CSV, true
		data, _ := write(t, e)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			text, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(text)
			if err != nil {
				t.Fatal(err)
			}
			s.WriteString("════ " + f.Name + "\n" + strings.ReplaceAll(strings.TrimPrefix(string(all), "\ufeff"), "\r\n", "\n") + "\n")
		}
	})
}

func TestAFileHoldsWhatTheCasesAre(t *testing.T) {
	data, ending := write(t, november(t, "en"))
	if ending != ".xlsx" {
		t.Fatalf("ending %q", ending)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Cases")
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, tt := range []struct {
		row        int
		name, want string
	}{
		{1, "Id", "4812345678901234567"}, {1, "Done", "2026-11-22 09:30:00"}, {1, "Due", "2026-11-23 18:00:00"}, {1, "Minutes over", "0"}, {1, "Outcome", "kept"},
		{1, "Amount", "1234.5"}, {1, "Buyer", "王**"}, {1, "Counts on", "2026-11-23"}, {2, "Id", "0042"}, {2, "Minutes over", "135"}, {2, "Outcome", "missed"},
		{2, "Taken by", "'=Li"}, {2, "Paused minutes", "1.5"}, {2, "Done", ""}, {3, "Outcome", "does not count"}, {3, "Reason", "canceled before it was done"},
		{3, "Minutes over", ""}, {3, "Excused because", "waiting for the buyer"},
	} {
		if got := append(rows[tt.row], make([]string, 30)...)[column[tt.name]]; !strings.EqualFold(got, tt.want) {
			t.Errorf("row %d, %s: %q, want %q", tt.row, tt.name, got, tt.want)
		}
	}
	counts, err := book.GetRows("Counts")
	if err != nil || len(counts) != 3 { // the rule without cases is left out
		t.Errorf("%d rows of counts, %v", len(counts), err)
	}
}

func TestWhatIsMaskedCannotBeReadAnywhereInTheFile(t *testing.T) {
	for _, f := range []export.Format{export.CSV, export.XLSX} {
		e := november(t, "en")
		e.Format, e.Masked = f, true
		data, _ := write(t, e)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		masked := false
		for _, part := range z.File {
			r, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"4812345678901234567", "234567890", "小明"} {
				if bytes.Contains(text, []byte(secret)) {
					t.Errorf("%v: %s holds %s", f, part.Name, secret)
				}
			}
			masked = masked || bytes.Contains(text, []byte("4812…67"))
		}
		if !masked {
			t.Errorf("%v: the masked id is missing", f)
		}
	}
}

func TestTheColumnsOfAFileAreAsManyAsItsHead(t *testing.T) {
	e := november(t, "zh")
	e.Format = export.CSV
	data, _ := write(t, e)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := csv.NewReader(f).ReadAll(); err != nil || len(rows) != 4 { // it refuses rows of another length
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
