package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// codecVersion is the first byte of everything packed. Earlier ones are read too; a reader that meets a later one says so.
const codecVersion = 2

// errShort says that packed bytes end too early or promise more than they hold.
var errShort = errors.New("packed value is cut short")

// packer appends packed values. Integers are varints, signed ones in zigzag; texts carry their length.
type packer struct{ buf []byte }

func newPacker(size int) *packer {
	return &packer{append(make([]byte, 0, size), codecVersion)}
}

func (p *packer) count(n int)     { p.buf = binary.AppendUvarint(p.buf, uint64(n)) }
func (p *packer) integer(n int64) { p.buf = binary.AppendVarint(p.buf, n) }

func (p *packer) text(s string) {
	p.count(len(s))
	p.buf = append(p.buf, s...)
}

// unpacker reads what a packer wrote. The first error sticks; every read after it returns a zero value.
type unpacker struct {
	buf     string
	version byte
	err     error
}

func newUnpacker(raw string) *unpacker {
	u := &unpacker{buf: raw}
	switch {
	case raw == "":
		u.err = errShort
	case raw[0] == 0 || raw[0] > codecVersion:
		u.err = fmt.Errorf("packed value has version %d, %d is known", raw[0], codecVersion)
	default:
		u.version, u.buf = raw[0], raw[1:]
	}
	return u
}

func (u *unpacker) fail(err error) {
	if u.err == nil {
		u.err = err
	}
	u.buf = ""
}

func (u *unpacker) unsigned() uint64 {
	var n uint64
	for i := 0; i < len(u.buf) && i < binary.MaxVarintLen64; i++ {
		b := u.buf[i]
		if i == binary.MaxVarintLen64-1 && b > 1 {
			break
		}
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			u.buf = u.buf[i+1:]
			return n
		}
	}
	u.fail(errShort)
	return 0
}

func (u *unpacker) integer() int64 {
	n := u.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads how many items follow. An item takes at least one byte, so more items than bytes is an error, not a reason
// to reserve memory.
func (u *unpacker) count() int {
	n := u.unsigned()
	if n > uint64(len(u.buf)) {
		u.fail(errShort)
		return 0
	}
	return int(n)
}

func (u *unpacker) text() string { return u.take(u.count()) }

func (u *unpacker) take(n int) string {
	if n > len(u.buf) {
		u.fail(errShort)
		return ""
	}
	s := u.buf[:n]
	u.buf = u.buf[n:]
	return s
}

// end returns the first error, also when bytes are left over.
func (u *unpacker) end() error {
	if u.err == nil && u.buf != "" {
		return fmt.Errorf("packed value has %d bytes too many", len(u.buf))
	}
	return u.err
}
