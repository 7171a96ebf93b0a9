package webhook

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // the platform signs so
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Headers of a signed delivery.
const (
	HeaderID        = standardwebhooks.HeaderWebhookID        // Standard Webhooks: id of the message, stable over retries
	HeaderTimestamp = standardwebhooks.HeaderWebhookTimestamp // Standard Webhooks: unix seconds of this attempt
	HeaderSignature = standardwebhooks.HeaderWebhookSignature // Standard Webhooks: "v1,…", several separated by a space

	HeaderEventSign  = "event-sign"  // Doudian: the signature in hex
	HeaderAppID      = "app-id"      // Doudian: the app key
	HeaderSignMethod = "sign-method" // Doudian: MethodMD5 or MethodHMAC; older senders leave it out
)

// Methods of [SignDoudian], as they stand in the sign-method header.
const (
	MethodMD5  = "MD5"
	MethodHMAC = "hmac-sha256"
)

// SignStandard returns the webhook-signature ("v1,<base64>") of body, for the webhook-id id and the webhook-timestamp
// at, which counts whole seconds. secret is base64 with or without the prefix whsec_; the result is "" when it is
// empty or no base64. Safe for concurrent use.
func SignStandard(secret, id string, at time.Time, body []byte) string {
	wh := standardKey(secret)
	if wh == nil {
		return ""
	}
	sig, err := wh.Sign(id, at, body)
	if err != nil {
		return ""
	}
	return sig
}

// standardKey returns nil for a secret that must not verify anything. The library takes an empty key for a key, which
// would let everybody sign.
func standardKey(secret string) *standardwebhooks.Webhook {
	if strings.TrimPrefix(secret, "whsec_") == "" {
		return nil
	}
	wh, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return nil
	}
	return wh
}

// standardSigned reports whether one of the signatures in header was made with one of the secrets. The timestamp is
// part of what is signed, but its age is not judged here: the library would judge it by a clock of its own.
func standardSigned(secrets []string, header http.Header, body []byte) bool {
	return slices.ContainsFunc(secrets, func(secret string) bool {
		wh := standardKey(secret)
		return wh != nil && wh.VerifyIgnoringTimestamp(body, header) == nil
	})
}

// SignDoudian returns the event-sign of body in lower-case hex: the MD5 or the HMAC-SHA-256 of
// appKey + body + secret over the bytes as they go over the wire. The secret is key and last part of the text at once;
// that is the platform's doing. method is [MethodMD5] or [MethodHMAC] in any case; the result is "" for another
// method and for an empty appKey or secret. Safe for concurrent use.
func SignDoudian(method, appKey, secret string, body []byte) string {
	if appKey == "" || secret == "" {
		return ""
	}
	switch {
	case strings.EqualFold(method, MethodMD5):
		h := md5.New() //nolint:gosec // the platform signs so
		h.Write([]byte(appKey))
		h.Write(body)
		h.Write([]byte(secret))
		return hex.EncodeToString(h.Sum(nil))
	case strings.EqualFold(method, MethodHMAC):
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(appKey))
		h.Write(body)
		h.Write([]byte(secret))
		return hex.EncodeToString(h.Sum(nil))
	}
	return ""
}

// doudianSigned reports whether the event-sign in header was made with one of the secrets. The hex digits may be of
// either case.
func doudianSigned(ring Keyring, header http.Header, body []byte) bool {
	sign := []byte(strings.ToLower(strings.TrimSpace(header.Get(HeaderEventSign))))
	method := doudianMethod(header.Get(HeaderSignMethod), len(sign))
	return slices.ContainsFunc(ring.Secrets, func(secret string) bool {
		want := SignDoudian(method, ring.AppKey, secret, body)
		return want != "" && hmac.Equal(sign, []byte(want)) // in constant time
	})
}

// doudianMethod is the method the sender names: MD5, and HMAC for anything else, as the platform's own clients read it.
// Where it names none it is the method whose signatures are that long: the clients disagree on a default, and the two
// lengths cannot be mistaken for each other.
func doudianMethod(header string, length int) string {
	header = strings.TrimSpace(header)
	if strings.EqualFold(header, MethodMD5) || header == "" && length == 2*md5.Size {
		return MethodMD5
	}
	return MethodHMAC
}
