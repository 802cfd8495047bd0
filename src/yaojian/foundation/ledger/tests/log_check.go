// Reads a published log with Go's own packages, which know nothing of ours: opens the checkpoint, authenticates
// tiles, proves entries and checks that an older checkpoint is a beginning of this one.
//
// With a witness's key it opens the checkpoint by the cosignature alone.
//
// Usage: log_check FOLDER KEY [OLDER-CHECKPOINT…]
//        log_check cosigned CHECKPOINT WITNESS-KEY
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(file string, key string) tlog.Tree {
	message, err := os.ReadFile(file)
	check(err)
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(message, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], raw)
	return tree
}

// read gives a file of some width; when the partial one is gone, the beginning of the full one.
func read(folder string, path string) ([]byte, bool) {
	data, err := os.ReadFile(filepath.Join(folder, path))
	if err == nil {
		return data, true
	}
	full, _, _ := strings.Cut(path, ".p/")
	data, err = os.ReadFile(filepath.Join(folder, full))
	check(err)
	return data, false
}

type tiles struct{ folder string }

func (t tiles) Height() int { return height }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		// Go writes the height into the path, C2SP does not: there it is always 8.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, _ := read(t.folder, path)
		found[i] = data[:tile.W*tlog.HashSize]
	}
	return found, nil
}

func entry(folder string, size int64, index int64) []byte {
	first := index / 256 * 256
	tile := tlog.Tile{H: height, L: 0, N: index / 256, W: 256}
	if first+256 > size {
		tile.W = int(size - first)
	}
	data, _ := read(folder, strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
	for ; index > first; index-- {
		data = data[2+binary.BigEndian.Uint16(data):]
	}
	return data[2 : 2+binary.BigEndian.Uint16(data)]
}

// witness verifies cosignature/v1: eight bytes of time, and a signature of the text below a header with that time.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	header := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(w.key, append([]byte(header), text...), signature[8:])
}

func parseWitness(key string) witness {
	parts := strings.SplitN(key, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if raw[0] != 4 {
		check(fmt.Errorf("this is no key for cosignatures"))
	}
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	return witness{parts[0], binary.BigEndian.Uint32(hash[:]), raw[1:]}
}

func cosigned(file string, key string) {
	message, err := os.ReadFile(file)
	check(err)
	opened, err := note.Open(message, note.VerifierList(parseWitness(key)))
	check(err)
	for _, signature := range opened.Sigs {
		raw, err := base64.StdEncoding.DecodeString(signature.Base64)
		check(err)
		fmt.Printf("%s at %d\n", signature.Name, binary.BigEndian.Uint64(raw[4:]))
	}
}

func main() {
	if os.Args[1] == "cosigned" {
		cosigned(os.Args[2], os.Args[3])
		return
	}
	folder, key := os.Args[1], os.Args[2]
	tree := open(filepath.Join(folder, "checkpoint"), key)
	hashes := tlog.TileHashReader(tree, tiles{folder})
	root, err := tlog.TreeHash(tree.N, hashes)
	check(err)
	if root != tree.Hash {
		check(fmt.Errorf("the tiles give another root"))
	}
	proved := 0
	for index := int64(0); index < tree.N; index++ {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry(folder, tree.N, index))))
		proved++
	}
	fmt.Printf("proved %d entries\n", proved)
	for _, file := range os.Args[3:] {
		older := open(file, key)
		proof, err := tlog.ProveTree(tree.N, older.N, hashes)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash))
		fmt.Printf("consistent with %d\n", older.N)
	}
}
