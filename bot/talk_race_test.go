//go:build race

package main

// raced says that the race detector watches. The conversations are left to a run of their own without it ("make test" has
// one): with it they take minutes, and every part they talk to has tests that it watches.
const raced = true
