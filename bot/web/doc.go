// Package web shows the process to its operator: /healthz says whether it works, /metrics how much.
//
// What it guarantees: neither names a shop, a chat or a person, and label values come from closed sets.
package web
