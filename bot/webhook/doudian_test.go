package webhook_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/webhook"
	"shopwarden/rules"
)

// create is a push as it goes over the wire: an array, the tag as text, the data as text, an id beyond 2^53.
const create = `[{"tag":"100","msg_id":"m1","data":"{\"p_id\":6912345678901234567,\"s_ids\":[6912345678901234568],\"shop_id\":4711,\"order_status\":1,\"order_type\":0,\"create_time\":1795334400,\"biz\":2}"}]`

const success = `{"code":0,"msg":"success"}`

// push wraps data as the wire does.
func push(tag, msgID, data string) string {
	text, _ := json.Marshal([]map[string]string{{"tag": tag, "msg_id": msgID, "data": data}})
	return string(text)
}

// wantDoudianRefused holds a reply to a status, to a code that is no success, and to nothing being applied.
func (d *door) wantDoudianRefused(t *testing.T, got answer, status int, part string) {
	t.Helper()
	var reply struct {
		Code int
		Msg  string
	}
	if err := json.Unmarshal([]byte(got.body), &reply); err != nil {
		t.Fatalf("reply %q is no JSON: %v", got.body, err)
	}
	if got.status != status || reply.Code == 0 || !strings.Contains(reply.Msg, part) {
		t.Errorf("got %d %s, want %d, a code that is not 0 and a msg with %q", got.status, got.body, status, part)
	}
	d.wantNothingApplied(t)
}

func TestSignDoudianMatchesTheKnownVectors(t *testing.T) {
	const key, secret = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
	body := []byte(`[{"tag":"0","msg_id":"0","data":"2020-09-10T16:27:56.52842897+08:00"}]`)
	for _, tt := range []struct{ method, want string }{
		{"MD5", "3472ef7d72dcfa161a54a946c84bcf24"},
		{"md5", "3472ef7d72dcfa161a54a946c84bcf24"},
		{"hmac-sha256", "46b23905f3275796f158960aeb0f28a056210be86bec55f5451d7f9b166e43fa"},
		{"HMAC-SHA256", "46b23905f3275796f158960aeb0f28a056210be86bec55f5451d7f9b166e43fa"},
		{"sha1", ""},
	} {
		if got := webhook.SignDoudian(tt.method, key, secret, body); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.method, got, tt.want)
		}
	}
	if got := webhook.SignDoudian("MD5", key, "", body) + webhook.SignDoudian("MD5", "", secret, body); got != "" {
		t.Errorf("an empty key or secret signs %q, want nothing", got)
	}
}

func TestDoudianSignatures(t *testing.T) {
	md5 := webhook.SignDoudian(webhook.MethodMD5, doudianKey, doudianSecret, []byte(create))
	hmac := webhook.SignDoudian(webhook.MethodHMAC, doudianKey, doudianSecret, []byte(create))
	retired := webhook.SignDoudian(webhook.MethodHMAC, doudianKey, "retired-secret", []byte(create))
	tests := []struct {
		name, method, sign, app string
		want                    int
	}{
		{"MD5", "MD5", md5, doudianKey, 200},
		{"md5 in small letters", "md5", md5, doudianKey, 200},
		{"HMAC", "hmac-sha256", hmac, doudianKey, 200},
		{"HMAC in capitals", "HMAC-SHA256", hmac, doudianKey, 200},
		{"HMAC under another name", "HmacSHA256", hmac, doudianKey, 200},
		{"no method, 32 digits", "", md5, doudianKey, 200},
		{"no method, 64 digits", "", hmac, doudianKey, 200},
		{"digits in capitals", "MD5", strings.ToUpper(md5), doudianKey, 200},
		{"the older secret, while both are valid", "hmac-sha256", retired, doudianKey, 200},
		{"the other method", "MD5", hmac, doudianKey, 401},
		{"the other method too", "hmac-sha256", md5, doudianKey, 401},
		{"cut short", "MD5", md5[:31], doudianKey, 401},
		{"none", "MD5", "", doudianKey, 401},
		{"another app", "MD5", md5, "7000000000000000002", 401},
		{"no app", "MD5", md5, "", 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, webhook.Config{}, shops)
			h := http.Header{}
			h.Set("event-sign", tt.sign)
			h.Set("app-id", tt.app)
			if tt.method != "" {
				h.Set("sign-method", tt.method)
			}
			got := d.post(t, "/hooks/doudian/silk", h, []byte(create))
			if tt.want == 200 {
				if got.status != 200 || got.body != success || len(d.ledger.events) != 1 {
					t.Errorf("got %d %s, want the success the platform waits for", got.status, got.body)
				}
				return
			}
			d.wantDoudianRefused(t, got, tt.want, "")
		})
	}
}

func TestAnAppWithoutKeyOrSecretLetsNobodyIn(t *testing.T) {
	d := open(t, webhook.Config{}, keyring{
		"nokey":    {Platform: webhook.Doudian, Secrets: []string{"s"}},
		"nosecret": {Platform: webhook.Doudian, AppKey: doudianKey, Secrets: []string{""}},
	})
	for _, shop := range []string{"nokey", "nosecret"} {
		h := doudianHeader(webhook.MethodMD5, "s", []byte(create))
		if shop == "nokey" {
			h.Set(webhook.HeaderAppID, "")
		}
		d.wantDoudianRefused(t, d.post(t, "/hooks/doudian/"+shop, h, []byte(create)), 401, "")
	}
}

// TestTheAddressTestIsAnsweredUnsigned: the platform tries an address when it is saved and insists on a success.
func TestTheAddressTestIsAnsweredUnsigned(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	const test = `{"tag":"0","msg_id":"0","data":"2026-11-22T16:27:56.52842897+08:00"}`
	for _, body := range []string{"[" + test + "]", test, `[{"tag":0},` + test + "]", "\ufeff[" + test + "]"} {
		for _, shop := range []string{"silk", "nobody"} {
			if got := d.post(t, "/hooks/doudian/"+shop, http.Header{}, []byte(body)); got.status != 200 || got.body != success {
				t.Errorf("%s at %s: got %d %s, want success", body, shop, got.status, got.body)
			}
		}
	}
	for _, body := range []string{"[" + test + "," + create[1:], "[]", "", "[" + test + "]]", `[{"data":"x"}]`, "[" + strings.Repeat(test+",", 100) + test + "]"} {
		d.wantDoudianRefused(t, d.post(t, "/hooks/doudian/silk", http.Header{}, []byte(body)), 401, "")
	}
	if d.ledger.calls != 0 {
		t.Errorf("Apply was called %d times, want 0", d.ledger.calls)
	}
	d.wantResultsStart(t, "doudian test")
}

func (d *door) wantResultsStart(t *testing.T, want string) {
	t.Helper()
	if d.results[0] != want {
		t.Errorf("observed %q first, want %q", d.results[0], want)
	}
}

func TestASignedTestAmongOthersIsSkipped(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	if got := d.doudian(t, `[{"tag":"0","msg_id":"0","data":"now"},`+create[1:]); got.body != success {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if want := "[doudian 1 0]"; fmt.Sprint(d.counts) != want {
		t.Errorf("counted %v, want %s", d.counts, want)
	}
}

// TestEverySpellingOfAnEntryIsRead: public samples and the wire differ, and neither may lose a digit of an id.
func TestEverySpellingOfAnEntryIsRead(t *testing.T) {
	const data = `{"p_id":6912345678901234567,"order_type":0,"create_time":1795334400}`
	quoted, _ := json.Marshal(data)
	for name, body := range map[string]string{
		"array":            `[{"tag":"100","msg_id":"m1","data":` + string(quoted) + `}]`,
		"object":           `{"tag":"100","msg_id":"m1","data":` + string(quoted) + `}`,
		"number tag":       `[{"tag":100,"msg_id":"m1","data":` + string(quoted) + `}]`,
		"camel case":       `[{"tag":100,"msgId":"m1","data":` + string(quoted) + `}]`,
		"data as object":   `[{"tag":100,"msgId":"m1","data":` + data + `}]`,
		"byte order mark":  "\ufeff" + `{"tag":100,"msgId":"m1","data":` + data + `}`,
		"ids as text":      `[{"tag":100,"msgId":"m1","data":{"p_id":"6912345678901234567","create_time":"1795334400"}}]`,
		"space everywhere": " \r\n[ { \"tag\" : 100 , \"msg_id\" : \"m1\", \"data\" : " + data + " } ] \n",
	} {
		d := open(t, webhook.Config{}, shops)
		if got := d.doudian(t, body); got.status != 200 || len(d.ledger.events) != 1 {
			t.Errorf("%s: got %d %s and %v", name, got.status, got.body, d.ledger.events)
			continue
		}
		want := rules.Event{ID: "m1", Type: "order.created", At: time.Unix(1795334400, 0).UTC(), Data: rules.Data{OrderID: "6912345678901234567"}}
		if diff := cmp.Diff(want, d.ledger.events[0]); diff != "" {
			t.Errorf("%s: want -, got +\n%s", name, diff)
		}
	}
}

func TestTheByteOrderMarkIsPartOfWhatIsSigned(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	h := doudianHeader(webhook.MethodMD5, doudianSecret, []byte(create))
	d.wantDoudianRefused(t, d.post(t, "/hooks/doudian/silk", h, []byte("\ufeff"+create)), 401, "")
}

func TestAnEntryWithoutIDGetsOneOfWhatItSays(t *testing.T) {
	ids := map[string]bool{}
	for _, order := range []string{"1", "2", "1"} {
		d := open(t, webhook.Config{}, shops)
		d.doudian(t, `[{"tag":100,"data":{"p_id":`+order+`,"create_time":1795334400}}]`)
		ids[d.ledger.events[0].ID] = true
	}
	if len(ids) != 2 || ids[""] {
		t.Errorf("got ids %v, want one for each of two entries", ids)
	}
}

func TestUnknownTagsAreCountedAndAcknowledged(t *testing.T) {
	d := open(t, webhook.Config{}, shops)
	body := `[{"tag":"999","msg_id":"x","data":"not even JSON"},{"tag":400,"data":null},{"tag":"104"},` + create[1:]
	if got := d.doudian(t, body); got.status != 200 || got.body != success {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if want := "[doudian 1 3]"; fmt.Sprint(d.counts) != want {
		t.Errorf("counted %v, want %s", d.counts, want)
	}
	if !strings.Contains(d.log.String(), "tag 999") {
		t.Errorf("log %s does not name the tag", d.log)
	}
}

func TestABadEntryNamesItselfAndItsField(t *testing.T) {
	tests := []struct{ entry, want string }{
		{`{"tag":100,"data":{"p_id":1,"create_time":0}}`, "event 1: data.create_time: is missing or zero"},
		{`{"tag":100,"msg_id":"x::100:1795334400:y","data":{"p_id":1}}`, "event 1: data.create_time: is missing or zero"},
		{`{"tag":101,"data":{"p_id":1,"pay_type":1,"pay_time":"0"}}`, "data.pay_time: is missing or zero"},
		{`{"tag":100,"data":{"p_id":1,"create_time":"noon"}}`, "data.create_time"},
		{`{"tag":100,"data":{"p_id":1,"create_time":1795334400000}}`, "data.create_time: 1795334400000 is out of range"},
		{`{"tag":100,"data":{"p_id":1,"create_time":-5}}`, "data.create_time"},
		{`{"tag":100,"data":{"p_id":1,"create_time":1.5}}`, "data.create_time: 1.5 is no whole number"},
		{`{"tag":100,"data":{"create_time":1795334400}}`, "data.p_id: is required"},
		{`{"tag":100,"data":{"p_id":0,"create_time":1795334400}}`, "data.p_id: is required"},
		{`{"tag":100,"data":{"p_id":"","create_time":1795334400}}`, "data.p_id: is required"},
		{`{"tag":100,"data":{"p_id":6.9e18,"create_time":1795334400}}`, "data.p_id: 6.9e18 is no whole number"},
		{`{"tag":100,"data":{"p_id":[1],"create_time":1795334400}}`, "data.p_id: must be text or a number"},
		{`{"tag":100,"data":{"p_id":"` + strings.Repeat("9", 300) + `","create_time":1795334400}}`, "data.p_id: is longer"},
		{`{"tag":101,"data":{"p_id":1,"pay_time":1795334400,"pay_amount":"much"}}`, "data.pay_amount"},
		{`{"tag":101,"data":{"p_id":1,"pay_time":1795334400,"pay_amount":99999999999999999999}}`, "data.pay_amount"},
		{`{"tag":126,"msg_id":"a","data":{"p_id":"1","exp_delivery_time":0}}`, "data.exp_delivery_time: is required"},
		{`{"tag":112,"msg_id":"a","data":{"p_id":"1","exp_delivery_time":"2026-13-40"}}`, "data.exp_delivery_time"},
		{`{"tag":200,"data":{"p_id":1,"aftersale_id":"A","apply_time":1795334400}}`, "data.aftersale_type: is required"},
		{`{"tag":200,"data":{"p_id":1,"aftersale_type":0,"apply_time":1795334400}}`, "data.aftersale_id: is required"},
		{`{"tag":209,"data":{"aftersale_id":"A"}}`, "data.status_deadline: is required"},
		{`{"tag":100}`, "data: holds no object"},
		{`{"tag":100,"data":null}`, "data: is missing"},
		{`{"tag":100,"data":"2026-11-22"}`, "data: holds no object"},
		{`{"tag":100,"data":[1]}`, "data: holds no object"},
		{`{"tag":100,"data":"{} {}"}`, "data: holds no object: there is data behind"},
		{`{"data":{}}`, "tag: is missing"},
		{`{"tag":{},"data":{}}`, "tag: is missing"},
		{`null`, "tag: is missing"},
	}
	for _, tt := range tests {
		d := open(t, webhook.Config{}, shops)
		got := d.doudian(t, strings.TrimSuffix(create, "]")+","+tt.entry+"]")
		d.wantDoudianRefused(t, got, 400, "event 1")
		d.wantDoudianRefused(t, got, 400, tt.want)
		d.wantResults(t, "doudian bad_event")
	}
}

func TestABodyThatIsNoPushIsRefused(t *testing.T) {
	for _, body := range []string{"", "\ufeff", "{", "[", "7", `"x"`, create + create, create + "x", "[[]]", "[" + strings.Repeat(create[1:len(create)-1]+",", 500) + create[1:]} {
		d := open(t, webhook.Config{}, shops)
		d.wantDoudianRefused(t, d.doudian(t, body), 400, "")
	}
}

func TestEntriesOfAnotherShopAreNotApplied(t *testing.T) {
	ring := shops["silk"]
	ring.ShopID = "4712"
	d := open(t, webhook.Config{}, keyring{"silk": ring})
	mine := strings.Replace(create, "4711", "4712", 1)
	if got := d.doudian(t, strings.TrimSuffix(create, "]")+","+mine[1:]); got.body != success {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if want := "[doudian 1 1]"; fmt.Sprint(d.counts) != want {
		t.Errorf("counted %v, want %s: the other shop's is unknown here", d.counts, want)
	}
}

// TestPublicSamples reads samples of public clients where they are at hand; the cases of doudian_tags_test.go are own
// ones that say the same.
func TestPublicSamples(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "webhooks", "doudian")
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if len(files) == 0 {
		t.Skipf("SKIPPED: the sample files are not at %s", dir)
	}
	want := map[string]string{
		"RefundArbitrateAppliedEvent": "aftersale.escalated xxxxxx",
		"RefundBuyerReturnGoodsEvent": "aftersale.return_shipped xxxxxx",
		"RefundCreatedEvent":          "aftersale.opened xxxxxx 4705288465508532862",
		"RefundExpirationChangeEvent": "aftersale.deadline_changed xxxxxx",
		"RefundReturnAgreedEvent":     "aftersale.approved xxxxxx",
		"RefundSuccessEvent":          "aftersale.refunded xxxxxx",
		"TradeAppointmentEvent":       "order.ship_by_changed 4796662193920810353",
		"TradeCanceledEvent":          "order.canceled 12345",
		"TradeCreateEvent":            "order.created 12345",
		"TradePaidEvent":              "", // carries the tag of TradePending
		"TradePartlySellerShipEvent":  "order.shipped 4705288465508532862",
		"test_push":                   "",
		"trade_create_constructed":    "order.created 4705288465508532862",
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d := open(t, webhook.Config{}, shops)
		if got := d.doudian(t, string(body)); got.status != 200 || got.body != success {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
		got := ""
		for _, e := range d.ledger.events {
			got = strings.Join(strings.Fields(fmt.Sprint(e.Type, " ", e.Data.AftersaleID, " ", e.Data.OrderID)), " ")
		}
		if got != want[name] {
			t.Errorf("%s: got %q, want %q", name, got, want[name])
		}
	}
	body, err := os.ReadFile(filepath.Join(dir, "trade_create_constructed.json"))
	if err != nil {
		t.Fatal(err)
	}
	const key, secret = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
	if got := webhook.SignDoudian(webhook.MethodMD5, key, secret, body); got != "4060c36676da676e4fe1febcc1d8ac1c" {
		t.Errorf("MD5 of the sample is %s", got)
	}
	if got := webhook.SignDoudian(webhook.MethodHMAC, key, secret, body); got != "ff739bda48b37399f032bdb27cd66983ddf6312ff735e6c076f0637044fdef7e" {
		t.Errorf("HMAC of the sample is %s", got)
	}
}
