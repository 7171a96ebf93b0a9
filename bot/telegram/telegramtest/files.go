package telegramtest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // photos arrive as GIF,
	_ "image/jpeg" // JPEG
	_ "image/png"  // or PNG
	"net/http"
	"path"
	"strings"
)

const (
	maxPhoto    = 10 << 20 // bytes
	maxDocument = 50 << 20
	maxDownload = 20 << 20
	maxSides    = 10000 // width and height of a photo together
	maxRatio    = 20
)

// file is something uploaded, by the bot or by people.
type file struct {
	id, unique    string
	path          string // below /file/bot<token>/
	name          string
	kind          string // photo or document
	data          []byte
	width, height int
}

func (f *file) asPhoto() wirePhoto {
	return wirePhoto{FileID: f.id, UniqueID: f.unique, Width: f.width, Height: f.height, Size: len(f.data)}
}

func (f *file) asDocument() *wireDocument {
	return &wireDocument{FileID: f.id, UniqueID: f.unique, Name: f.name, Size: len(f.data)}
}

// fileOf is the file a call sends: an upload under its own name or by
// attach://, or one sent before, by its file_id.
func (s *Server) fileOf(r *request, kind string) (*file, error) {
	value := r.text(kind)
	up, uploaded := r.files[kind]
	if name, attached := strings.CutPrefix(value, "attach://"); attached {
		up, uploaded = r.files[name]
	}
	known := s.files[value]
	switch {
	case uploaded:
		return s.keep(kind, up)
	case known != nil && known.kind != kind:
		return nil, badRequest("can't use file of type %s as %s", title(known.kind), title(kind))
	case known != nil:
		return known, nil
	case value == "":
		return nil, badRequest("there is no %s in the request", kind)
	case strings.HasPrefix(value, "http://"), strings.HasPrefix(value, "https://"):
		return nil, badRequest("failed to get HTTP URL content")
	}
	return nil, badRequest("wrong remote file identifier specified: Wrong string length")
}

func title(kind string) string { return strings.ToUpper(kind[:1]) + kind[1:] }

// look decodes the pictures a call brings, before it takes its turn: that takes a
// while, and others would wait.
func (r *request) look() {
	for name, up := range r.files {
		up.broken = broken(up.data)
		r.files[name] = up
	}
}

// broken tells whether a picture does not decode to its end. One that is refused for
// its sides is not decoded.
func broken(data []byte) bool {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width+size.Height > maxSides {
		return err != nil
	}
	_, _, err = image.Decode(bytes.NewReader(data))
	return err != nil
}

// keep checks an upload and gives it an id. The caller holds s.mu.
func (s *Server) keep(kind string, up upload) (*file, error) {
	f := &file{kind: kind, name: path.Base(up.name), data: up.data}
	check := f.checkDocument
	if kind == "photo" {
		check = f.checkPhoto
	}
	if err := check(); err != nil {
		return nil, err
	}
	if kind == "photo" && up.broken {
		return nil, badRequest("IMAGE_PROCESS_FAILED")
	}
	n := len(s.files) + 1
	f.id, f.unique = fmt.Sprintf("FILE%s%08d", kind, n), fmt.Sprintf("UNIQ%08d", n)
	f.path = fmt.Sprintf("%ss/file_%d%s", kind, n, path.Ext(f.name))
	s.files[f.id] = f
	return f, nil
}

func (f *file) checkDocument() error {
	switch {
	case len(f.data) == 0:
		return badRequest("file must be non-empty")
	case len(f.data) > maxDocument:
		return &Error{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	}
	return nil
}

func (f *file) checkPhoto() error {
	switch {
	case len(f.data) == 0:
		return badRequest("file must be non-empty")
	case len(f.data) > maxPhoto:
		return badRequest("too big for a photo")
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(f.data))
	if err != nil {
		return badRequest("IMAGE_PROCESS_FAILED")
	}
	f.width, f.height = size.Width, size.Height
	long, short := max(f.width, f.height), min(f.width, f.height)
	if f.width+f.height > maxSides || long > maxRatio*short {
		return badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// attach shows a file with the message.
func (m *message) attach(f *file) {
	m.photo, m.document, m.Photo, m.Document = nil, nil, nil, nil
	if f.kind == "photo" {
		m.photo, m.Photo = f, f.data
	} else {
		m.document, m.Document = f, f.data
	}
	m.FileID, m.FileName, m.FileSize, m.Width, m.Height = f.id, f.name, len(f.data), f.width, f.height
}

// hasFile tells whether the text of the message is a caption.
func (m *message) hasFile() bool { return m.photo != nil || m.document != nil }

func (s *Server) getFile(r *request) (any, error) {
	f, known := s.files[r.text("file_id")]
	switch {
	case !known:
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	case len(f.data) > maxDownload:
		return nil, badRequest("file is too big")
	}
	return map[string]any{
		"file_id": f.id, "file_unique_id": f.unique, "file_size": len(f.data), "file_path": f.path,
	}, nil
}

// serveFile answers /file/bot<token>/<path>.
func (s *Server) serveFile(w http.ResponseWriter, at string) {
	data, found := s.fileAt(at)
	if !found {
		writeError(w, notFound("Not Found"))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data) // a client that went away is its own affair
}

func (s *Server) fileAt(at string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.path == at {
			return f.data, true
		}
	}
	return nil, false
}

// File is the content of a file by Message.FileID. The bytes are shared: do not
// change them.
func (s *Server) File(fileID string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, known := s.files[fileID]
	if !known {
		return nil, false
	}
	return f.data, true
}
