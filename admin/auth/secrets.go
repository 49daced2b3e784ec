package auth

import (
	"crypto/sha256"
	"encoding/base32"
	"math/big"
	"strings"
)

// TokenPrefix begins every program's key, so that one is recognised where it
// should not be.
const TokenPrefix = "fd_"

const (
	secretBytes = 32 // of tokens and cookies: 256 bits, beyond guessing
	base62Width = 43 // digits of 256 bits
)

// base62 writes b, of secretBytes, in digits and letters, always as long.
func base62(b []byte) string {
	s := new(big.Int).SetBytes(b).Text(62)
	return strings.Repeat("0", base62Width-len(s)) + s
}

// digest is all that is stored of a token or cookie. They are random, so a
// plain hash is enough: there is nothing to guess.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// newPassword makes one that is easy to type: four groups of five, 100 bits.
func newPassword() string {
	s := strings.ToLower(base32.StdEncoding.EncodeToString(random(15)))[:20]
	return s[:5] + "-" + s[5:10] + "-" + s[10:15] + "-" + s[15:]
}
