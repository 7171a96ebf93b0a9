package config

import "testing"

func builtIn(t *testing.T) *Packs {
	t.Helper()
	packs, err := LoadPacks(BuiltIn(), "")
	if err != nil {
		t.Fatal(err)
	}
	return packs
}

func TestEveryBuiltInPackLoads(t *testing.T) {
	packs := builtIn(t)
	for _, name := range packs.Names() {
		book, err := packs.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(name, len(book.Editions[0].Rules))
	}
}
