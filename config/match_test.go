package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

func TestMatchesAreReadAsWritten(t *testing.T) {
	for _, tt := range []struct {
		text    string
		subject rules.Kind
		want    rules.Match
	}{
		{"order.paid", rules.Order, rules.Match{Type: "order.paid"}},
		{"  order.shipped   partial!=true ", rules.Order, rules.Match{Type: "order.shipped", Where: []rules.Condition{{Field: "partial", Op: "!=", Value: "true"}}}},
		{"aftersale.opened kind=refund|return quality=true", rules.Aftersale, rules.Match{Type: "aftersale.opened",
			Where: []rules.Condition{{Field: "kind", Op: "=", Value: "refund|return"}, {Field: "quality", Op: "=", Value: "true"}}}},
		{"aftersale.opened kind=exchange", rules.Order, rules.Match{Type: "aftersale.opened", Where: []rules.Condition{{Field: "kind", Op: "=", Value: "exchange"}}}},
		{"aftersale.rejected evidence!=", rules.Aftersale, rules.Match{Type: "aftersale.rejected", Where: []rules.Condition{{Field: "evidence", Op: "!="}}}},
		{"review.posted stars<=3", rules.Review, rules.Match{Type: "review.posted", Where: []rules.Condition{{Field: "stars", Op: "<=", Value: "3"}}}},
		{"review.posted sku=1001", rules.Review, rules.Match{Type: "review.posted", Where: []rules.Condition{{Field: "sku", Op: "=", Value: "1001"}}}},
		{"aftersale.opened amount>=10000", rules.Aftersale, rules.Match{Type: "aftersale.opened", Where: []rules.Condition{{Field: "amount", Op: ">=", Value: "10000"}}}},
		{"guarantee.claimed program=fast_refund", rules.Claim, rules.Match{Type: "guarantee.claimed", Where: []rules.Condition{{Field: "program", Op: "=", Value: "fast_refund"}}}},
	} {
		got, err := ParseMatch(tt.text, tt.subject)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.text, diff)
		}
	}
}

func TestAMatchThatCanNeverHoldIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "is empty",
		"order.payed":                     `"order.payed" is no event type`,
		"review.posted":                   "review.posted is about review, the rule about order",
		"order.shipped part=true":         `order.shipped keeps no field "part"`,
		"order.shipped partial":           `"partial" is no condition`,
		"order.shipped partial==true":     "is no condition",
		"order.shipped =true":             "is no condition",
		"order.shipped partial<=true":     "compares whole numbers",
		"order.shipped partial=maybe":     "partial=maybe can never hold",
		"order.canceled by=seller|nobody": `by=seller|nobody can never hold: "nobody" is not one of [buyer seller platform]`,
		"notice.sent kind=call":           `"call" is not one of [delay stock other]`,
		"order.paid amount=much":          "amount=much can never hold",
		"order.canceled by<=3":            "by<=3 can never hold",
	} {
		if _, err := ParseMatch(text, rules.Order); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want …%s…", text, err, want)
		}
	}
}

func FuzzParseMatch(f *testing.F) {
	f.Add("order.shipped partial!=true", "order")
	f.Add("review.posted stars<=3", "review")
	f.Add("aftersale.opened kind=refund|return", "aftersale")
	f.Fuzz(func(t *testing.T, text, subject string) {
		m, err := ParseMatch(text, rules.Kind(subject))
		if err != nil {
			return
		}
		again := string(m.Type)
		for _, c := range m.Where {
			again += " " + c.Field + c.Op + c.Value
		}
		if n, err := ParseMatch(again, rules.Kind(subject)); err != nil || !cmp.Equal(m, n) {
			t.Errorf("%q read again as %q: %+v, %v", text, again, n, err)
		}
	})
}
