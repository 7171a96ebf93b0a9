// Package storetest starts private Redis servers for tests: single ones, a cluster of three, the embedded one, and a proxy
// that loses replies.
//
// What it guarantees: every call gives an empty server of its own, on a socket or port nobody else uses, and it is stopped
// when the test ends. A Redis that is already running is never touched. A missing redis-server fails the test.
package storetest
