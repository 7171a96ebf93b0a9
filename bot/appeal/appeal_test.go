package appeal_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/rules"
)

var li = alarm.Mark{Person: 11, Name: "Li", At: 1_795_000_000_000}

func TestAFolderHoldsEachFileOnceAndNoMoreThanTwenty(t *testing.T) {
	var f appeal.Folder
	for range 2 {
		for i := range appeal.Most {
			var ok bool
			if f, ok = f.Added(appeal.Attachment{ID: strconv.Itoa(i)}); !ok {
				t.Fatalf("no room for attachment %d", i)
			}
		}
	}
	if len(f.Files) != appeal.Most {
		t.Fatalf("%d files, want %d", len(f.Files), appeal.Most)
	}
	full, ok := f.Added(appeal.Attachment{ID: "more"})
	if ok || len(full.Files) != appeal.Most {
		t.Errorf("one too many was taken")
	}
	less := f.Without("3").Without("3")
	if len(less.Files) != appeal.Most-1 || less.Has("3") || !f.Has("3") {
		t.Errorf("%d files after one was taken out, want %d, and the old folder as it was", len(less.Files), appeal.Most-1)
	}
	if _, ok := less.Added(appeal.Attachment{ID: "more"}); !ok {
		t.Error("no room although one was taken out")
	}
}

func TestTheFirstWhoSaysItWasFiledStaysAndTheFactIsTheSameEachTime(t *testing.T) {
	var f appeal.Folder
	if _, ok := f.Event("P-1"); ok || !f.Empty() {
		t.Error("an empty folder says that an appeal was made")
	}
	f = f.FiledBy(li).FiledBy(alarm.Mark{Person: 12, At: li.At + 5})
	e, ok := f.Event("P-1")
	if !ok || e.Check() != nil || e.Type != "penalty.appealed" || rules.InstantOf(e.At) != li.At || e.Data.PenaltyID != "P-1" || e.Data.By != "11" {
		t.Errorf("event %+v, %v", e, e.Check())
	}
	if f.Empty() {
		t.Error("the folder is called empty")
	}
}

func TestAPackHoldsPapersTableAndWhatCouldBeHad(t *testing.T) {
	list := []appeal.Enclosure{{Attachment: appeal.Attachment{Name: "../../etc/passwd"}, Data: []byte("one")},
		{Attachment: appeal.Attachment{Name: "收据 1.pdf"}, Data: []byte("two")}, {Attachment: appeal.Attachment{Name: `C:\x\a.png`}, Missing: true}, {Data: []byte("four")}}
	appeal.Place(list)
	papers := appeal.Papers{HTML: "<html>", Timeline: [][]string{{"case"}, {"1"}}}
	raw, err := appeal.Zip(papers, list)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := appeal.Zip(papers, list); !bytes.Equal(raw, again) {
		t.Error("the same papers become other bytes")
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(in)
		got[f.Name] = string(data)
	}
	want := map[string]string{"appeal.html": "<html>", "timeline.csv": "\ufeffcase\r\n1\r\n", "files/01-passwd": "one", "files/02-1.pdf": "two", "files/04-photo.jpg": "four"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNoCellOfATableIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{"=1+1": "'=1+1", "+86 10": "'+86 10", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", " =1": "' =1", "\t=1": "' =1",
		"＝1": "'＝1", "\u200b=1": "'\u200b=1", "\u202e-1": "'\u202e-1", "\u2003=1": "'\u2003=1", "﹦1": "'﹦1", "a=b": "a=b", "": "", "a\nb\x00": "a b"} {
		got := strings.TrimSuffix(strings.TrimPrefix(string(appeal.CSV([][]string{{cell, "x"}})), "\ufeff"), ",x\r\n")
		if got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestAPackIsNamedAfterItsPenaltyWhateverThatIs(t *testing.T) {
	for id, want := range map[string]string{"P-1": "appeal-P-1.zip", "a/b|c": "appeal-b-c.zip", "..": "appeal-file.zip", "": "appeal-file.zip"} {
		if got := appeal.FileName(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
	if n := len(appeal.FileName(strings.Repeat("x", 500))); n > 80 {
		t.Errorf("a name of %d bytes", n)
	}
}
