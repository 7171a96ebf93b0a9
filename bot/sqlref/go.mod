module shopwarden/bot/sqlref

go 1.26.0

require (
	github.com/mattn/go-sqlite3 v1.14.53
	shopwarden v0.0.0-00010101000000-000000000000
)

require github.com/goccy/go-yaml v1.19.2 // indirect

replace shopwarden => ../..
