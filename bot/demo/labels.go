package demo

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed page.html style.css page.js icon.svg labels.json
var assets embed.FS

// labels are the page's own words in one language, by key.
type labels map[string]string

// loadLabels reads the words of all languages.
func loadLabels() (map[string]labels, error) {
	raw, err := assets.ReadFile("labels.json")
	if err != nil {
		return nil, err
	}
	var all map[string]labels
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("reading labels.json: %w", err)
	}
	return all, nil
}
