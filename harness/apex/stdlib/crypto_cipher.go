package stdlib

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/x509"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// keyBytes are the key lengths of the algorithms that Crypto.encrypt knows
// (Apex Reference, Crypto class: AES in CBC mode with PKCS5 padding).
var keyBytes = map[string]int{"AES128": 16, "AES192": 24, "AES256": 32}

var cipherTable = vm.Library{
	"Crypto.encrypt": func(t thread, _ val, a vals) val {
		return encrypt(t, str(t, a[0]), a[1], str(t, a[2]), a[3], false)
	},
	"Crypto.encryptWithManagedIV": func(t thread, _ val, a vals) val {
		iv := make([]byte, 0, aes.BlockSize)
		for len(iv) < aes.BlockSize {
			r := t.Host().Random()
			for i := range 8 {
				iv = append(iv, byte(r>>(8*i)))
			}
		}
		return encrypt(t, str(t, a[0]), a[1], string(iv), a[2], true)
	},
	"Crypto.decrypt": func(t thread, _ val, a vals) val {
		return decrypt(t, str(t, a[0]), a[1], str(t, a[2]), str(t, a[3]))
	},
	"Crypto.decryptWithManagedIV": func(t thread, _ val, a vals) val {
		data := str(t, a[2])
		if len(data) < aes.BlockSize {
			t.Throw("System.SecurityException", "Given final block not properly padded. Such issues can arise if a bad key is used during decryption.")
		}
		return decrypt(t, str(t, a[0]), a[1], data[:aes.BlockSize], data[aes.BlockSize:])
	},
	"Crypto.verifyHMac": func(t thread, _ val, a vals) val {
		h := hmac.New(digestOf(t, str(t, a[0])), []byte(str(t, a[2])))
		h.Write([]byte(str(t, a[1])))
		return vm.Bool(hmac.Equal(h.Sum(nil), []byte(str(t, a[3]))))
	},
	"Crypto.sign": func(t thread, _ val, a vals) val {
		hash, sum := signedDigest(t, str(t, a[0]), str(t, a[1]))
		key, ok := privateKey(str(t, a[2]))
		if !ok {
			t.Throw("System.InvalidParameterValueException", "Unable to decode the private key: it must be in PKCS #8 format")
		}
		out, err := rsa.SignPKCS1v15(nil, key, hash, sum)
		if err != nil {
			t.Throw("System.SecurityException", err.Error())
		}
		return vm.Blob(string(out))
	},
	"Crypto.verify": func(t thread, _ val, a vals) val {
		if a[3].Kind() != vm.KindBlob {
			t.Unsupported("Crypto.verify", "with a certificate of the org")
		}
		hash, sum := signedDigest(t, str(t, a[0]), str(t, a[1]))
		parsed, err := x509.ParsePKIXPublicKey([]byte(str(t, a[3])))
		key, ok := parsed.(*rsa.PublicKey)
		if err != nil || !ok {
			t.Throw("System.InvalidParameterValueException", "Unable to decode the public key: it must be in X.509 format")
		}
		return vm.Bool(rsa.VerifyPKCS1v15(key, hash, sum, []byte(str(t, a[2]))) == nil)
	},
}

func blockOf(t *vm.Thread, algorithm string, key vm.Value, iv string) cipher.Block {
	want, ok := keyBytes[strings.ToUpper(algorithm)]
	if !ok {
		t.Throw("System.InvalidParameterValueException", "Invalid algorithm "+algorithm+". Must be AES128, AES192, or AES256.")
	}
	k := str(t, key)
	if len(k) != want {
		t.Throwf("System.InvalidParameterValueException", "Invalid private key. Must be %d bytes.", want)
	}
	if len(iv) != aes.BlockSize {
		t.Throwf("System.InvalidParameterValueException", "Invalid initialization vector. Must be %d bytes.", aes.BlockSize)
	}
	b, err := aes.NewCipher([]byte(k))
	if err != nil {
		t.Throw("System.SecurityException", err.Error())
	}
	return b
}

func encrypt(t *vm.Thread, algorithm string, key vm.Value, iv string, data vm.Value, withIV bool) vm.Value {
	b := blockOf(t, algorithm, key, iv)
	plain := []byte(str(t, data))
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(b, []byte(iv)).CryptBlocks(plain, plain)
	if withIV {
		return vm.Blob(iv + string(plain))
	}
	return vm.Blob(string(plain))
}

func decrypt(t *vm.Thread, algorithm string, key vm.Value, iv, data string) vm.Value {
	b := blockOf(t, algorithm, key, iv)
	if data == "" || len(data)%aes.BlockSize != 0 {
		t.Throw("System.SecurityException", "Input length must be multiple of 16 when decrypting with padded cipher")
	}
	out := []byte(data)
	cipher.NewCBCDecrypter(b, []byte(iv)).CryptBlocks(out, out)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > aes.BlockSize || !bytes.HasSuffix(out, bytes.Repeat([]byte{byte(pad)}, pad)) {
		t.Throw("System.SecurityException", "Given final block not properly padded. Such issues can arise if a bad key is used during decryption.")
	}
	return vm.Blob(string(out[:len(out)-pad]))
}

// signatures are the algorithms of Crypto.sign and verify by name.
var signatures = map[string]crypto.Hash{"RSA": crypto.SHA1, "RSA-SHA1": crypto.SHA1, "RSA-SHA256": crypto.SHA256,
	"RSA-SHA384": crypto.SHA384, "RSA-SHA512": crypto.SHA512}

func signedDigest(t *vm.Thread, algorithm, data string) (crypto.Hash, []byte) {
	hash, ok := signatures[strings.ToUpper(algorithm)]
	if !ok {
		if strings.HasPrefix(strings.ToUpper(algorithm), "ECDSA") {
			t.Unsupported("Crypto.sign", algorithm)
		}
		t.Throw("System.InvalidParameterValueException", "Invalid algorithm "+algorithm)
	}
	h := hash.New()
	h.Write([]byte(data))
	return hash, h.Sum(nil)
}

func privateKey(der string) (*rsa.PrivateKey, bool) {
	parsed, err := x509.ParsePKCS8PrivateKey([]byte(der))
	if err != nil {
		return nil, false
	}
	key, ok := parsed.(*rsa.PrivateKey)
	return key, ok
}
