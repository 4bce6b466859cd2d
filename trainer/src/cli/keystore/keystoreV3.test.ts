import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Keystore } from "ox";
import { fromHex, toHex } from "../../protocol/hex.ts";
import { KeystoreError } from "./keystoreError.ts";
import { decryptKeystore, encryptKeystore, parseKeystore, SCRYPT_FAST_N } from "./keystoreV3.ts";
import { addressOf } from "./privateKey.ts";

/** Both from the Web3 Secret Storage definition, "Test vectors": password `testpassword`. */
const SECRET = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
const PBKDF2 = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
const SCRYPT = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "83dbcc02d8ccb40e466191a123791e0e" },
    ciphertext: "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 262144,
      p: 8,
      r: 1,
      salt: "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
    },
    mac: "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};

function refusal(change: (file: typeof SCRYPT) => void): KeystoreError {
  const file = structuredClone(SCRYPT);
  change(file);
  try {
    parseKeystore(JSON.stringify(file));
  } catch (error) {
    assert.ok(error instanceof KeystoreError, "a coded error");
    return error;
  }
  return assert.fail("the file was accepted");
}

describe("decryptKeystore", () => {
  for (const [name, vector] of Object.entries({ PBKDF2, SCRYPT })) {
    it(`opens the specification's ${name} vector with its password`, async () => {
      assert.equal(toHex(await decryptKeystore(parseKeystore(JSON.stringify(vector)), "testpassword")), SECRET);
    });
  }

  it("says wrong password or damaged file when the checksum fails", async () => {
    const isWrong = (error: unknown): boolean =>
      error instanceof KeystoreError && error.code === "KEYSTORE_WRONG_PASSWORD" && /damaged/.test(error.message);
    const keystore = await encryptKeystore(fromHex(SECRET), "right", { address: "0x00", n: SCRYPT_FAST_N });
    await assert.rejects(decryptKeystore(keystore, "wrong"), isWrong);
    const ciphertext = keystore.crypto.ciphertext.replace(/^../, (byte) => (byte === "00" ? "01" : "00"));
    const damaged = { ...keystore, crypto: { ...keystore.crypto, ciphertext } };
    await assert.rejects(decryptKeystore(damaged, "right"), isWrong);
  });

  it("opens what ox, the library beneath viem, has encrypted", async () => {
    const [key, options] = Keystore.pbkdf2({ password: "pass", iterations: 1_000 });
    const file = Keystore.encrypt(SECRET, key, options);
    assert.equal(toHex(await decryptKeystore(parseKeystore(JSON.stringify(file)), "pass")), SECRET);
  });
});

describe("encryptKeystore", () => {
  it("writes what ox opens, with a fresh salt, id and vector each time", async () => {
    const address = addressOf(fromHex(SECRET));
    const first = await encryptKeystore(fromHex(SECRET), "pass wörd", { address, n: SCRYPT_FAST_N });
    const second = await encryptKeystore(fromHex(SECRET), "pass wörd", { address, n: SCRYPT_FAST_N });
    const file = first as unknown as Keystore.Keystore;
    assert.equal(Keystore.decrypt(file, Keystore.toKey(file, { password: "pass wörd" })), SECRET);
    assert.equal(first.address, "008aeeda4d805471df9b2a5b0f38a0c3bcba786b", "the specification's address");
    assert.notEqual(first.crypto.kdfparams.salt, second.crypto.kdfparams.salt, "salt");
    assert.notEqual(first.crypto.cipherparams.iv, second.crypto.cipherparams.iv, "vector");
    assert.notEqual(first.id, second.id, "id");
  });
});

describe("parseKeystore", () => {
  it("reads Mist's capitals and cast's missing address", () => {
    const { crypto, ...rest } = SCRYPT;
    assert.equal(parseKeystore(JSON.stringify({ ...rest, Crypto: crypto })).address, undefined);
  });

  it("names the field when something is missing, malformed or of another kind", () => {
    const malformed = (change: (file: typeof SCRYPT) => void): string => {
      const { detail } = refusal(change);
      return detail.code === "KEYSTORE_MALFORMED" || detail.code === "KEYSTORE_UNSUPPORTED"
        ? detail.field
        : detail.code;
    };
    assert.equal(
      malformed((file) => Object.assign(file, { version: 1 })),
      "version",
    );
    assert.equal(
      malformed((file) => Object.assign(file, { crypto: null })),
      "crypto",
    );
    assert.equal(
      malformed((file) => Object.assign(file.crypto, { cipher: "aes-256-gcm" })),
      "crypto.cipher",
    );
    assert.equal(
      malformed((file) => Object.assign(file.crypto, { kdf: "md5" })),
      "crypto.kdf",
    );
    assert.equal(
      malformed((file) => Object.assign(file.crypto, { mac: "zz" })),
      "crypto.mac",
    );
    assert.equal(
      malformed((file) => Object.assign(file.crypto, { ciphertext: "00" })),
      "crypto.ciphertext",
    );
    assert.equal(
      malformed((file) => Object.assign(file.crypto.cipherparams, { iv: 5 })),
      "crypto.cipherparams.iv",
    );
  });

  it("refuses costs that would take all memory or all day", () => {
    assert.equal(refusal((file) => Object.assign(file.crypto.kdfparams, { n: 2 ** 28 })).code, "KEYSTORE_UNSUPPORTED");
    assert.equal(refusal((file) => Object.assign(file.crypto.kdfparams, { n: 3 })).code, "KEYSTORE_MALFORMED");
    assert.equal(refusal((file) => Object.assign(file.crypto.kdfparams, { n: -4 })).code, "KEYSTORE_MALFORMED");
    assert.equal(refusal((file) => Object.assign(file.crypto.kdfparams, { p: 1e9 })).code, "KEYSTORE_UNSUPPORTED");
  });

  it("keeps the file's content out of the error when it is no JSON", () => {
    try {
      parseKeystore("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
      assert.fail("accepted");
    } catch (error) {
      assert.ok(error instanceof KeystoreError && error.cause === undefined);
      assert.ok(!error.message.includes("ac0974"), "no secret in the message");
    }
  });
});
