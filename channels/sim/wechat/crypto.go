package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// block is what ciphertexts are padded to: twice AES's own.
const block = 32

// sign is the hex SHA-1 of the sorted parts.
func sign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// encrypt seals doc: 16 random bytes, its length, itself, the app's id.
func encrypt(key []byte, appID string, doc []byte) string {
	var b bytes.Buffer
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	b.Write(random)
	_ = binary.Write(&b, binary.BigEndian, uint32(len(doc)))
	b.Write(doc)
	b.WriteString(appID)
	pad := block - b.Len()%block
	b.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	out := b.Bytes()
	c, _ := aes.NewCipher(key) // its length was checked
	cipher.NewCBCEncrypter(c, key[:aes.BlockSize]).CryptBlocks(out, out)
	return base64.StdEncoding.EncodeToString(out)
}

// decrypt opens what an account sealed.
func decrypt(key []byte, appID, sealed string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) == 0 || len(b)%block != 0 {
		return nil, errors.New("the ciphertext is no multiple of 32 bytes of base64")
	}
	c, _ := aes.NewCipher(key)
	cipher.NewCBCDecrypter(c, key[:aes.BlockSize]).CryptBlocks(b, b)
	pad := int(b[len(b)-1])
	if pad < 1 || pad > block || len(b)-pad < 20 {
		return nil, errors.New("the padding is wrong")
	}
	b = b[:len(b)-pad]
	n := int64(binary.BigEndian.Uint32(b[16:20]))
	if n > int64(len(b)-20) {
		return nil, errors.New("the length is wrong")
	}
	if string(b[20+n:]) != appID {
		return nil, errors.New("the app id is wrong")
	}
	return b[20 : 20+n], nil
}
