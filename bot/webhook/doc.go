// Package webhook is the door that merchant platforms knock at. Each platform speaks its own dialect: its own signature,
// its own envelope, its own names for what happened, its own word for "received". A dialect is one file here, and all
// of them lead through the same hall:
//
//	read the body (bounded in size and time) → find the shop's secrets → verify the raw bytes
//	→ parse → rules.Event values → Intake.Apply → the platform's own acknowledgement
//
// It guarantees one thing: an acknowledgement is sent only after every known event of the body was committed by the
// Intake. A body that is refused for any reason has applied nothing, and a body that could not be committed is answered
// with 503 so that the platform sends it again. Deliveries may therefore come twice; events say when something happened
// and not when it arrived, so twice is the same as once.
//
// # Routes
//
//	POST /hooks/standard/{shop}   Standard Webhooks 1.0.0, body in the public event vocabulary
//	POST /hooks/doudian/{shop}    Doudian message push
//
// The dialect is chosen by the route and never by headers: two platforms use the same header name for different sums.
//
// # The future
//
// An event says when it happened, so one that lies more than [MaxAhead] ahead of our clock comes from a clock that is
// wrong, and would judge cases by what has not happened. At the standard door it refuses its body with 400, naming index
// and field, and nothing is applied. Of a Doudian push it is left out, counted with the unknown ones and logged as a
// warning: the rest of the array cannot help it.
//
// # What a stranger learns
//
// A shop that does not exist, a shop of another platform and a wrong signature all get the same 401 with the same body,
// after the same work, so that the door cannot be used to list shops. The log and the metrics tell them apart. Bodies
// are parsed only after their signature was verified; the one exception is Doudian's address test, see doudian.go.
//
// # Doudian
//
// What its tags mean is a table (doudian_tags.yaml, [LoadDoudianTags]), because the platform publishes tags per app and
// adds new ones. A tag, or a value such as a kind of after-sale, that the table does not know is counted and
// acknowledged, never guessed.
package webhook
