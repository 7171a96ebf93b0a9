package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKeptFieldsAreListedWithTheirForm(t *testing.T) {
	for typ, want := range map[Type][]Field{
		"order.paid": {{"amount", FormWhole, nil}, {"currency", FormText, nil}, {"ship_by", FormInstant, nil}, {"deliver_by", FormInstant, nil},
			{"sku", FormText, nil}, {"region", FormText, nil}, {"warehouse", FormText, nil}, {"presale", FormFlag, nil}},
		"aftersale.rejected": {{"evidence", FormText, nil}, {"reason", FormText, nil}},
		"aftersale.judged":   {{"for", FormText, []string{"buyer", "seller"}}},
		"chat.rated":         {{"stars", FormWhole, nil}},
		"chat.closed":        {},
		"no.such":            {},
	} {
		if diff := cmp.Diff(want, FieldsOf(typ)); diff != "" {
			t.Errorf("%s: %s", typ, diff)
		}
	}
	for _, f := range FieldsOf("penalty.issued") {
		if f.Name == "points" && f.Form != FormDecimal {
			t.Errorf("points are %s", f.Form)
		}
	}
}

// odd holds on facts with an odd number of fields.
type odd struct{}

func (odd) Holds(f Fact) bool { return len(f.Attrs)%2 == 1 }
func (odd) String() string    { return "odd" }

func TestAConditionIsAskedAfterAllElseHolds(t *testing.T) {
	m := Match{Type: "order.paid", Where: []Condition{{"region", "=", "a"}}, If: odd{}}
	for _, tt := range []struct {
		fact Fact
		want bool
	}{
		{Fact{Type: "order.paid", Attrs: []Attr{{"region", "a"}}}, true},
		{Fact{Type: "order.paid", Attrs: []Attr{{"region", "a"}, {"sku", "b"}}}, false},
		{Fact{Type: "order.paid", Attrs: []Attr{{"region", "b"}}}, false},
		{Fact{Type: "order.created", Attrs: []Attr{{"region", "a"}}}, false},
	} {
		if got := m.Has(&tt.fact); got != tt.want {
			t.Errorf("%+v: got %v", tt.fact, got)
		}
	}
}
