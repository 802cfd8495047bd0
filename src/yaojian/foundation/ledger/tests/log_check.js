// Opens our checkpoint and proves entries with @sigstore/verify, which knows nothing of ours.
//
// Usage: node log_check.js FOLDER-OF-THE-PACKAGE < JSON {checkpoint, name, keyId, key, entries: [{index, body, path}]}
"use strict";
const crypto = require("node:crypto");
const path = require("node:path");
const tlog = path.join(process.argv[2], "node_modules/@sigstore/verify/dist/tlog");
const { verifyCheckpoint } = require(path.join(tlog, "checkpoint.js"));
const { verifyMerkleInclusion } = require(path.join(tlog, "merkle.js"));

const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const bytes = text => Buffer.from(text, "base64");
// The same key twice: by its four bytes in the checkpoint, and as SubjectPublicKeyInfo for Node.
const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes(given.key)]);
const log = {
  logID: bytes(given.keyId),
  publicKey: crypto.createPublicKey({ key: spki, format: "der", type: "spki" }),
  baseURL: given.name,
};
for (const entry of given.entries) {
  const proved = {
    canonicalizedBody: bytes(entry.body),
    inclusionProof: {
      logIndex: String(entry.index),
      hashes: entry.path.map(bytes),
      checkpoint: { envelope: given.checkpoint },
    },
  };
  verifyMerkleInclusion(proved, verifyCheckpoint(proved, [log]));
}
console.log(`proved ${given.entries.length} entries`);
