// Package main reads an exported transfer log with the programs of Go's own checksum database.
// It shares nothing with the project but the format, and prints JSON for the tests beside it.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// witness verifies the lines of C2SP tlog-cosignature, which the note package does not know.
type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func newWitness(vkey string) witness {
	words := strings.SplitN(vkey, "+", 3)
	typed, err := base64.StdEncoding.DecodeString(words[2])
	must(err)
	sum := sha256.Sum256(append([]byte(words[0]+"\n"), typed...))
	return witness{words[0], binary.BigEndian.Uint32(sum[:]), ed25519.PublicKey(typed[1:])}
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(w.public, []byte(signed), sig[8:])
}

type signed struct {
	size int64
	root tlog.Hash
	by   []string
}

func open(path string, verifiers note.Verifiers) signed {
	data, err := os.ReadFile(path)
	must(err)
	opened, err := note.Open(data, verifiers)
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	found := signed{size: size, root: root}
	for _, each := range opened.Sigs {
		found.by = append(found.by, each.Name)
	}
	return found
}

// tiles reads the layout of C2SP, whose paths leave out the height.
type tiles struct{ folder string }

func (t tiles) Height() int                     { return height }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func bundle(folder string, number, width int64) [][]byte {
	tile := tlog.Tile{H: height, L: 0, N: number, W: int(width)}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	var entries [][]byte
	for len(data) > 1 {
		end := 2 + int(binary.BigEndian.Uint16(data))
		if end > len(data) {
			break
		}
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	return entries
}

// isEntry says whether data is canonical JSON of the six fields of an entry of this station.
func isEntry(data []byte, station string) bool {
	var document map[string]interface{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if decoder.Decode(&document) != nil || len(document) != 6 {
		return false
	}
	var again bytes.Buffer
	encoder := json.NewEncoder(&again)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(document) != nil || !bytes.Equal(append(data, '\n'), again.Bytes()) {
		return false
	}
	_, actor := document["actor"]
	event, _ := document["event"].(string)
	_, facts := document["facts"].(map[string]interface{})
	at, _ := document["time"].(string)
	return actor && facts && document["format"] == json.Number("1") &&
		document["station"] == station && eventForm.MatchString(event) && timeForm.MatchString(at)
}

var (
	eventForm = regexp.MustCompile("^[a-z]{1,30}(-[a-z]{1,30}){0,4}$")
	timeForm  = regexp.MustCompile("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
)

// pack folder logKey witnessKey: signatures, root, every entry, consistency with what was kept.
// With a station, that every entry has the form of one of that station, too.
func pack(folder, logKey, witnessKey, station string) {
	verifier, err := note.NewVerifier(logKey)
	must(err)
	verifiers := note.VerifierList(verifier, newWitness(witnessKey))
	newest := open(filepath.Join(folder, "checkpoint"), verifiers)
	tree := tlog.Tree{N: newest.size, Hash: newest.root}
	reader := tlog.TileHashReader(tree, tiles{folder})
	root, err := tlog.TreeHash(newest.size, reader)
	must(err)
	var consistent []int64
	by := map[string]int{}
	kept, err := filepath.Glob(filepath.Join(folder, "checkpoints", "*"))
	must(err)
	for _, path := range kept {
		old := open(path, verifiers)
		proof, err := tlog.ProveTree(newest.size, old.size, reader)
		must(err)
		must(tlog.CheckTree(proof, newest.size, newest.root, old.size, old.root))
		consistent = append(consistent, old.size)
		for _, name := range old.by {
			by[name]++
		}
	}
	for first := int64(0); first < newest.size; first += 256 {
		width := newest.size - first
		if width > 256 {
			width = 256
		}
		entries := bundle(folder, first/256, width)
		var indexes []int64
		for at := first; at < first+width; at++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at))
		}
		hashes, err := reader.ReadHashes(indexes)
		must(err)
		for at, hash := range hashes {
			if at >= len(entries) || tlog.RecordHash(entries[at]) != hash {
				fmt.Printf("entry %d differs\n", first+int64(at))
				os.Exit(1)
			}
			if station != "" && !isEntry(entries[at], station) {
				fmt.Printf("entry %d is none\n", first+int64(at))
				os.Exit(1)
			}
		}
	}
	show(map[string]interface{}{
		"size": newest.size, "root": root.String(), "consistent": consistent, "by": by,
	})
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, h[index])
	}
	return found, nil
}

type claim struct {
	Old   int64
	New   int64
	From  []byte
	To    []byte
	Proof [][]byte
}

type proofs struct {
	Roots     [][]byte
	Inclusion []claim
	Growth    []claim
}

// prove count: the roots and all proofs of the first trees of the leaves "0", "1", "2" ...
func prove(count int64) {
	var stored hashes
	var made proofs
	var roots []tlog.Hash
	for at := int64(0); at < count; at++ {
		added, err := tlog.StoredHashes(at, []byte(strconv.FormatInt(at, 10)), stored)
		must(err)
		stored = append(stored, added...)
		root, err := tlog.TreeHash(at+1, stored)
		must(err)
		roots = append(roots, root)
		made.Roots = append(made.Roots, append([]byte{}, root[:]...))
	}
	for size := int64(1); size <= count; size++ {
		for at := int64(0); at < size; at++ {
			leaf := tlog.RecordHash([]byte(strconv.FormatInt(at, 10)))
			path, err := tlog.ProveRecord(size, at, stored)
			must(err)
			made.Inclusion = append(made.Inclusion, claimOf(at, size, leaf, roots[size-1], path))
			grown, err := tlog.ProveTree(size, at+1, stored)
			must(err)
			made.Growth = append(made.Growth, claimOf(at+1, size, roots[at], roots[size-1], grown))
		}
	}
	show(made)
}

func claimOf(old, size int64, from, to tlog.Hash, proof []tlog.Hash) claim {
	made := claim{Old: old, New: size, From: append([]byte{}, from[:]...), To: append([]byte{}, to[:]...)}
	for _, hash := range proof {
		made.Proof = append(made.Proof, append([]byte{}, hash[:]...))
	}
	return made
}

// check: for each claim on standard input, whether it holds.
func check() {
	var asked proofs
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	inclusion, growth := []bool{}, []bool{}
	for _, each := range asked.Inclusion {
		proof, from, to, right := parse(each)
		err := tlog.CheckRecord(proof, each.New, to, each.Old, from)
		inclusion = append(inclusion, right && err == nil)
	}
	for _, each := range asked.Growth {
		proof, from, to, right := parse(each)
		err := tlog.CheckTree(proof, each.New, to, each.Old, from)
		growth = append(growth, right && err == nil)
	}
	show(map[string][]bool{"Inclusion": inclusion, "Growth": growth})
}

// parse says as well whether every hash has its length, which the types of tlog fix.
func parse(each claim) (proof []tlog.Hash, from, to tlog.Hash, right bool) {
	right = len(each.From) == tlog.HashSize && len(each.To) == tlog.HashSize
	copy(from[:], each.From)
	copy(to[:], each.To)
	for _, data := range each.Proof {
		var hash tlog.Hash
		right = right && len(data) == tlog.HashSize
		copy(hash[:], data)
		proof = append(proof, hash)
	}
	return proof, from, to, right
}

func show(what interface{}) {
	must(json.NewEncoder(os.Stdout).Encode(what))
}

func main() {
	switch os.Args[1] {
	case "pack":
		pack(os.Args[2], os.Args[3], os.Args[4], strings.Join(os.Args[5:], ""))
	case "prove":
		count, err := strconv.ParseInt(os.Args[2], 10, 64)
		must(err)
		prove(count)
	case "check":
		check()
	}
}
