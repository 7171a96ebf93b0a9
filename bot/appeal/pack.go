package appeal

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"shopwarden/bot/alarm"
)

// Enclosure is an attachment with its bytes; Missing when they could not be had.
type Enclosure struct {
	Attachment
	Data    []byte
	Missing bool
	Path    string // in the pack; see Place
}

// photo is what a file without a name is called: Telegram keeps photos as JPEG.
const photo = "photo.jpg"

// Place names the files of a pack, in order: "files/01-receipt.pdf". The number keeps two of one name apart.
func Place(list []Enclosure) {
	for i := range list {
		list[i].Path = fmt.Sprintf("files/%02d-%s", i+1, safe(cmp.Or(list[i].Name, photo)))
	}
}

// safe makes a name that every system can unpack from what a device or a platform called a file: letters, digits, dots, dashes
// and underscores of ASCII, at most 60.
func safe(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, path.Base(strings.ReplaceAll(name, `\`, "/")))
	ext := path.Ext(name)
	if len(ext) > 10 || ext == "." {
		ext = ""
	}
	stem := strings.Trim(strings.TrimSuffix(name, ext), ".-")
	if stem == "" {
		stem = "file"
	}
	return stem[:min(len(stem), 60-len(ext))] + ext
}

// FileName is what the pack of a penalty is called.
func FileName(penalty string) string { return "appeal-" + safe(penalty) + ".zip" }

// Papers are the written part of a pack.
type Papers struct {
	HTML     string     // a whole page that needs nothing else
	Timeline [][]string // rows of the table, the first of which names the columns
}

// epoch dates the files of a pack, so that the same papers become the same bytes.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Zip packs papers and enclosures: appeal.html, timeline.csv and what is not missing.
func Zip(p Papers, list []Enclosure) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name string, method uint16, data []byte) error {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: epoch})
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			return fmt.Errorf("packing %s: %w", name, err)
		}
		return nil
	}
	if err := add("appeal.html", zip.Deflate, []byte(p.HTML)); err != nil {
		return nil, err
	}
	if err := add("timeline.csv", zip.Deflate, CSV(p.Timeline)); err != nil {
		return nil, err
	}
	for _, e := range list {
		if e.Missing {
			continue
		}
		if err := add(e.Path, zip.Store, e.Data); err != nil { // photos do not get smaller
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return out.Bytes(), nil
}

// CSV writes rows for a spreadsheet: with a byte order mark, so that Excel reads UTF-8, and no cell that one would take for a
// formula (owasp.org, CSV injection): such a cell gets a quote in front.
func CSV(rows [][]string) []byte {
	out := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(out)
	w.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = harmless(cell)
		}
		_ = w.Write(cells) // a buffer takes everything
	}
	w.Flush()
	return out.Bytes()
}

// harmless is a cell that no spreadsheet calculates, on one line.
func harmless(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\r' || r == '\n' {
			return ' '
		}
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(cell, "\ufffd"))
	first := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) // spaces, and what is not seen
	if first != "" && strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫", []rune(first)[0]) {
		return "'" + cell
	}
	return cell
}

// personOf names a person in an event: the Telegram id, or nobody.
func personOf(m alarm.Mark) string {
	if m.Person <= 0 { // nobody that can be told
		return ""
	}
	return strconv.FormatInt(m.Person, 10)
}
