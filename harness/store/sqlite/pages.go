package sqlite

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/ncruces/go-sqlite3/vfs/mvcc"
)

// Forks share the pages that neither has written, so two of them are compared
// page by page first: what a page has in common need not be read. Which rows are
// in which pages is told by the tree of the table (sqlite.org/fileformat2.html,
// sections 1.6 and 1.7).

// image is a database as its pages, from 1; a page that the file has not is "".
type image struct {
	tree   any // of the snapshot it was made from
	pages  []string
	usable int // bytes of a page that SQLite uses
}

var errNotPaged = errors.New("the database is not held in pages")

// newImage takes a committed database apart; errNotPaged where its pieces are
// no pages, as after a file was taken over whole.
func newImage(snapshot mvcc.Snapshot) (*image, error) {
	size := 0
	im := &image{tree: snapshot.Tree}
	for at, piece := range snapshot.Ascend() {
		if size == 0 {
			if at != 0 || len(piece) < 100 {
				return nil, errNotPaged
			}
			size = int(binary.BigEndian.Uint16([]byte(piece[16:18])))
			im.usable = size - int(piece[20])
			im.pages = append(im.pages, "")
		}
		page := int(at)/size + 1
		if len(piece) != size || int(at)%size != 0 {
			return nil, errNotPaged
		}
		for len(im.pages) <= page {
			im.pages = append(im.pages, "")
		}
		im.pages[page] = piece
	}
	if size == 0 {
		return nil, errNotPaged
	}
	return im, nil
}

func (im *image) page(n uint32) (string, error) {
	if int64(n) >= int64(len(im.pages)) || n == 0 || im.pages[n] == "" {
		return "", errNotPaged
	}
	return im.pages[n], nil
}

// leaf is a page with rows; hi is the highest number of a row that it may hold.
type leaf struct {
	page uint32
	hi   int64
}

const (
	interiorTable = 0x05
	leafTable     = 0x0D
	interiorIndex = 0x02
	leafIndex     = 0x0A
	deepest       = 30 // no tree is deeper that fits into memory
)

// leaves lists the leaves of a table's tree, in order.
func (im *image) leaves(root uint32) ([]leaf, error) {
	var out []leaf
	var walk func(n uint32, hi int64, depth int) error
	walk = func(n uint32, hi int64, depth int) error {
		p, err := im.page(n)
		if err != nil || depth > deepest {
			return errNotPaged
		}
		switch p[0] {
		case leafTable:
			out = append(out, leaf{n, hi})
			return nil
		case interiorTable:
		default:
			return errNotPaged
		}
		for i := range number16(p, 3) {
			at := number16(p, 12+2*i)
			if at+4 > len(p) {
				return errNotPaged
			}
			key, _ := varint(p, at+4)
			if err := walk(number32(p, at), int64(key), depth+1); err != nil {
				return err
			}
		}
		return walk(number32(p, 8), hi, depth+1)
	}
	return out, walk(root, math.MaxInt64, 0)
}

func number16(p string, at int) int {
	if at+2 > len(p) {
		return math.MaxInt16
	}
	return int(p[at])<<8 | int(p[at+1])
}

func number32(p string, at int) uint32 {
	if at+4 > len(p) {
		return 0
	}
	return uint32(p[at])<<24 | uint32(p[at+1])<<16 | uint32(p[at+2])<<8 | uint32(p[at+3])
}

// varint reads a number of one to nine bytes and tells where it ends.
func varint(p string, at int) (uint64, int) {
	v := uint64(0)
	for i := 0; i < 9 && at < len(p); i++ {
		c := p[at]
		at++
		if i == 8 {
			return v<<8 | uint64(c), at
		}
		v = v<<7 | uint64(c&0x7F)
		if c < 0x80 {
			return v, at
		}
	}
	return v, at
}

// cell is a row in a leaf: what of it lies there, and the page on which it goes
// on, 0 for none.
type cell struct {
	row      int64
	payload  string
	overflow uint32
}

// cells reads the rows of a leaf, in order, into a list.
func (im *image) cells(out []cell, n uint32) ([]cell, error) {
	p, err := im.page(n)
	if err != nil {
		return nil, err
	}
	for i := range number16(p, 3) {
		size, at := varint(p, number16(p, 8+2*i))
		row, at := varint(p, at)
		local, goesOn := im.local(int(size))
		if at+local > len(p) {
			return nil, errNotPaged
		}
		c := cell{row: int64(row), payload: p[at : at+local]}
		if goesOn {
			c.overflow = number32(p, at+local)
		}
		out = append(out, c)
	}
	return out, nil
}

// local is how much of a row lies in the leaf, and whether it goes on elsewhere
// (section 1.6, "Cell Payload Overflow Pages").
func (im *image) local(size int) (int, bool) {
	u := im.usable
	if size <= u-35 {
		return size, false
	}
	least := (u-12)*32/255 - 23
	if k := least + (size-least)%(u-4); k <= u-35 {
		return k, true
	}
	return least, true
}

// rows are the numbers of rows that differ between two states of a table, or
// may: those of before and those of now, in order.
type rows struct{ before, now []int64 }

// changedRows compares the trees of a table in two databases whose rows are
// laid out alike. A row that goes on in other pages may be named though it is
// the same.
func changedRows(before, now *image, rootBefore, rootNow uint32) (rows, error) {
	var out rows
	was, err := before.leaves(rootBefore)
	if err != nil {
		return out, err
	}
	is, err := now.leaves(rootNow)
	if err != nil {
		return out, err
	}
	chains := differentChains(before, now)
	var a, b []cell
	for i, j := 0, 0; i < len(was) && j < len(is); {
		x, y := was[i], is[j]
		a, b = a[:0], b[:0]
		if x == y && before.pages[x.page] == now.pages[y.page] {
			i, j = i+1, j+1
			if !chains {
				continue
			}
			if a, err = now.cells(a, y.page); err != nil {
				return out, err
			}
			for _, c := range a {
				if c.overflow != 0 && !sameChain(before, now, c.overflow) {
					out.before, out.now = append(out.before, c.row), append(out.now, c.row)
				}
			}
			continue
		}
		// Leaves that differ, up to where both sides have a boundary again.
		hiWas, hiIs := int64(math.MinInt64), int64(math.MinInt64)
		for first := true; first || hiWas != hiIs; first = false {
			if first || hiWas < hiIs {
				if a, err = before.cells(a, was[i].page); err != nil {
					return out, err
				}
				hiWas = was[i].hi
				i++
			}
			if first || hiIs < hiWas {
				if b, err = now.cells(b, is[j].page); err != nil {
					return out, err
				}
				hiIs = is[j].hi
				j++
			}
		}
		out.compare(a, b)
	}
	return out, nil
}

// compare names the rows of two lists that are not in both, or not alike.
func (r *rows) compare(before, now []cell) {
	for len(before) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(before) > 0 && before[0].row < now[0].row:
			r.before = append(r.before, before[0].row)
			before = before[1:]
		case len(before) == 0 || now[0].row < before[0].row:
			r.now = append(r.now, now[0].row)
			now = now[1:]
		default:
			if a, b := before[0], now[0]; a.overflow != 0 || b.overflow != 0 || a.payload != b.payload {
				r.before, r.now = append(r.before, a.row), append(r.now, b.row)
			}
			before, now = before[1:], now[1:]
		}
	}
}

// differentChains reports whether a page differs that is of no tree: one on
// which a row goes on, or one that is free.
func differentChains(before, now *image) bool {
	for n := 2; n < max(len(before.pages), len(now.pages)); n++ {
		var a, b string
		if n < len(before.pages) {
			a = before.pages[n]
		}
		if n < len(now.pages) {
			b = now.pages[n]
		}
		if a != b && !(ofTree(a) && ofTree(b)) {
			return true
		}
	}
	return false
}

// ofTree tells pages of trees from others by their first byte: others begin
// with the number of a page, which is small.
func ofTree(p string) bool {
	return p == "" || slices.Contains([]byte{interiorTable, leafTable, interiorIndex, leafIndex}, p[0])
}

// sameChain follows the pages on which a row goes on, on both sides.
func sameChain(before, now *image, n uint32) bool {
	for n != 0 {
		a, err := before.page(n)
		b, missing := now.page(n)
		if err != nil || missing != nil || a != b {
			return false
		}
		n = number32(a, 0)
	}
	return true
}
