package tilelog

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// The key files, both in the form of golang.org/x/mod/sumdb/note (Ed25519).
// The secret one stays in the keys folder, which backups keep apart.
const (
	secretFile = "evidence-log.key"
	publicFile = "evidence-log.pub"
)

// generate makes a key pair when there is none. Of two processes that start
// at once, one wins and both use its key.
func generate(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, secretFile)); err == nil {
		return nil
	}
	// The origin names this log and no other in the world.
	secret, public, err := note.GenerateKey(rand.Reader, "qianmo-evidence-"+ident.Secret(5))
	if err != nil {
		return fmt.Errorf("generate key: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return keyFault(folder, err)
	}
	if err := createOnce(filepath.Join(folder, secretFile), secret, 0o600); err != nil {
		return keyFault(folder, err)
	}
	kept, err := readKey(folder, secretFile)
	if err != nil || kept != secret {
		return err // another process was faster; it writes its own public key
	}
	return createOnce(filepath.Join(folder, publicFile), public, 0o644)
}

// createOnce writes a whole file, or leaves the one that is there.
func createOnce(path, text string, mode os.FileMode) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(text + "\n")
	err = errors.Join(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func readKey(folder, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return "", keyFault(folder, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// verifierKey is the public key. The secret key tells it too; who only
// verifies needs no more than the public file.
func verifierKey(folder string) (string, error) {
	secret, err := readKey(folder, secretFile)
	if err != nil {
		return readKey(folder, publicFile)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return "", keyFault(folder, err)
	}
	// PRIVATE+KEY+name+hash+base64(algorithm, seed), which NewSigner has checked.
	encoded := secret[strings.LastIndex(secret, signer.Name())+len(signer.Name()):]
	seed, err := base64.StdEncoding.DecodeString(encoded[len("+00000000+"):])
	if err != nil {
		return "", keyFault(folder, err)
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(signer.Name(), public)
}

func keyFault(folder string, cause error) error {
	return fault.Newf(fault.Unavailable, "密钥目录 %[1]s 里的日志密钥（%[2]s）读不出或写不进：请检查权限，或从备份恢复密钥。", "The log's key (%[2]s) in %[1]s cannot be read or written: check permissions, or restore the key from its backup.", folder, secretFile).Because(cause)
}
