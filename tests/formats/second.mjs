// A second reading of docs/JOURNAL.md and docs/SYNC.md, in another language and with other libraries: what it says of
// tests/vectors and of the tree must be what sync/wire says. Plain node, nothing installed.
//   node second.mjs vectors FOLDER    verify every vector, and that no flipped bit of the signed record verifies
//   node second.mjs canonical         lines of JSON in; the canonical bytes of each out, or "refused"
//   node second.mjs proofs N          SHA-256 over every proof of every tree up to N leaves, made by the definition
import crypto from "node:crypto";
import fs from "node:fs";

const sha = (...pieces) => crypto.createHash("sha256").update(Buffer.concat(pieces.map(bytes))).digest();
const bytes = (x) => (typeof x === "string" ? Buffer.from(x, "utf8") : x);
const hex = (text) => Buffer.from(text, "hex");
const b64 = (data) => data.toString("base64url");
const refuse = (why) => { throw new Error(why); };
const same = (a, b, what) => (Buffer.compare(bytes(a), bytes(b)) === 0 ? 1 : refuse(what));

const canonical = (v) =>
  v === null || typeof v === "boolean" ? String(v)
  : typeof v === "number" ? (Number.isSafeInteger(v) && !Object.is(v, -0) ? String(v) : refuse("number"))
  : typeof v === "string" ? (v.isWellFormed() && v.normalize("NFC") === v ? JSON.stringify(v) : refuse("text"))
  : Array.isArray(v) ? `[${v.map(canonical).join(",")}]`
  : `{${Object.keys(v).sort().map((k) => `${key(k)}:${canonical(v[k])}`).join(",")}}`;
const key = (name) => (/^[\0-\x7f]*$/.test(name) ? JSON.stringify(name) : refuse("key"));
const parsed = (text) => { const v = JSON.parse(text); same(canonical(v), text, "not canonical"); return v; };

const keyOf = (raw) => crypto.createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: b64(raw) } });
const signed = (key, sig, ...message) =>
  crypto.verify(null, Buffer.concat(message.map(bytes)), key, sig) || refuse("signature");

const RECORD = "kassa/record/v1\0", PART = "kassa/part/v1\0", ENTRY = "kassa/entry/v1\0", ENROL = "kassa/enrol/v1\0",
  SUCCESSOR = "kassa/successor/v1\0";
function record(env, key) {
  signed(key, env.subarray(0, 64), RECORD, env.subarray(64));
  return { header: parsed(env.subarray(64).toString("utf8")), hash: sha(RECORD, env.subarray(64)) };
}
function frames(raw, key) {
  const found = [];
  let at = 0;
  const take = (n) => { at += n; return at <= raw.length ? raw.subarray(at - n, at) : refuse("cut short"); };
  const u32 = () => take(4).readUInt32BE();
  while (at < raw.length) {
    const end = u32() + at, one = { ...record(take(u32()), key), parts: {} };
    for (let count = take(1)[0]; count; count--) {
      const name = take(take(1)[0]).toString("ascii"), salt = take(32), data = take(u32());
      parsed(data.toString("utf8"));
      same(b64(sha(PART, salt, data)), one.header.parts[name], "commitment");
      one.parts[name] = data;
    }
    found.push(at === end ? one : refuse("length"));
  }
  return found;
}

function crc32(data) {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// RFC 6962 section 2.1 as it is written there: by halves, from the leaves.
const leaf = (data) => sha(Buffer.from([0]), data), node = (l, r) => sha(Buffer.from([1]), l, r);
const split = (n) => 2 ** Math.ceil(Math.log2(n) - 1);
const kept = new Map();
function root(leaves, from = 0, to = leaves.length) {
  const n = to - from, k = split(n), name = `${from}-${to}`;
  if (n === 0) return sha();
  if (!kept.has(name))
    kept.set(name, n === 1 ? leaf(leaves[from]) : node(root(leaves, from, from + k), root(leaves, from + k, to)));
  return kept.get(name);
}
function path(i, leaves, from, to) {
  const k = split(to - from);
  if (to - from === 1) return [];
  return i < k ? [...path(i, leaves, from, from + k), root(leaves, from + k, to)]
    : [...path(i - k, leaves, from + k, to), root(leaves, from, from + k)];
}
function grown(m, leaves, from, to, whole = true) {
  const k = split(to - from);
  if (m === to - from) return whole ? [] : [root(leaves, from, to)];
  return m <= k ? [...grown(m, leaves, from, from + k, whole), root(leaves, from + k, to)]
    : [...grown(m - k, leaves, from + k, to, false), root(leaves, from, from + k)];
}
function proofs(most) {
  const leaves = Array.from({ length: most }, (_, i) => Buffer.from(`leaf ${i}`)), all = crypto.createHash("sha256");
  for (let n = 1; n <= most; n++) {
    all.update(root(leaves, 0, n));
    for (let i = 0; i < n; i++) for (const hash of path(i, leaves, 0, n)) all.update(hash);
    for (let m = 1; m <= n; m++) for (const hash of grown(m, leaves, 0, n)) all.update(hash);
  }
  return all.digest("hex");
}

function vectors(folder) {
  const read = (name) => JSON.parse(fs.readFileSync(`${folder}/${name}-v1.json`, "utf8"));
  const [r, l, c, q, events, s] = ["record", "ledger", "config", "request", "events", "succession"].map(read);
  const till = keyOf(hex(r.public_key)), env = hex(r.env), own = record(env, till);
  same(env.subarray(64), r.header, "header");
  same(own.hash, hex(r.hash), "record's hash");
  const [carried] = frames(hex(r.frame), till);
  for (const name in r.commitments) same(carried.header.parts[name], b64(hex(r.commitments[name])), "commitment on file");
  const [birth, entry] = l.leaves.map(parsed);
  const [text, lines] = l.note.split("\n\n"), [origin, size, head] = text.split("\n");
  same(sha(ENTRY, l.leaves[0]), hex(l.enrolment_hash), "certificate's hash");
  same(birth.pub, b64(hex(r.public_key)), "certificate's key");
  same(entry.h, b64(own.hash), "entry");
  same(sha(text + "\n"), hex(l.note_hash), "checkpoint's hash");
  const line = Buffer.from(lines.replace(`— ${origin} `, ""), "base64");
  same(line.subarray(0, 4), sha(origin, "\n", Buffer.from([1]), hex(r.public_key)).subarray(0, 4), "key id");
  signed(till, line.subarray(4), text + "\n");
  same(String(l.leaves.length), size, "size");
  same(root(l.leaves), Buffer.from(head, "base64"), "root");
  same(Buffer.concat(path(1, l.leaves, 0, 2)), hex(l.inclusion_of_1.join("")), "inclusion");
  same(Buffer.concat(grown(1, l.leaves, 0, 2)), hex(l.consistency_1_2.join("")), "consistency");
  const [trust] = frames(hex(c.trust), till), [first, second] = frames(hex(c.config), till);
  [trust, first, second].forEach((one, i) => same(one.hash, hex(c.hashes[i]), "configuration's hash"));
  for (const one of [trust, first]) same(one.header.prev, b64(Buffer.alloc(32)), "first prev");
  same(second.header.prev, b64(first.hash), "prev");
  same(JSON.parse(trust.parts.keys).config_key, b64(hex(r.public_key)), "configuration's key");
  const h = q.headers, covered = {
    "@method": "POST", "@authority": "kassa.region.example", "@path": "/v1/chains/AAECAwQFBgcICQoLDA0ODw/records",
    "@query": "?", "content-digest": h["content-digest"], "kassa-start": "501", "kassa-known": "1203344",
    "@signature-params": h["signature-input"].replace("kassa=", ""),
  };
  same(h["content-digest"], `sha-256=:${sha("records").toString("base64")}:`, "digest");
  const base = Object.entries(covered).map(([name, value]) => `"${name}": ${value}`).join("\n");
  signed(till, Buffer.from(h.signature.slice(7, -1), "base64"), base);
  const { sig, ...asked } = parsed(q.enrol);
  signed(keyOf(Buffer.from(asked.pub, "base64url")), Buffer.from(sig, "base64url"), ENROL, canonical(asked));
  const [ended, born, { sig: own_sig, ...wish }] = [s.close, s.certificate, s.request].map(parsed);
  same(sha(ENTRY, s.certificate), hex(s.certificate_hash), "successor's certificate");
  for (const head of [ended.head, born.parent]) same(head, b64(own.hash), "head of the chain before");
  same(ended.chain, own.header.chain, "chain that ended");
  same(born.pub, wish.pub, "successor's key");
  signed(keyOf(Buffer.from(wish.pub, "base64url")), Buffer.from(own_sig, "base64url"), SUCCESSOR,
    canonical({ chain: own.header.chain, ...wish }));
  const shadow = hex(s.shadow), body = shadow.subarray(39);
  same(shadow.subarray(0, 15), "kassa shadow 1\n", "second medium");
  same(b64(shadow.subarray(15, 31)), own.header.chain, "its chain");
  same([body.length, crc32(body)].join(), [31, 35].map((at) => shadow.readUInt32BE(at)).join(), "frame");
  same(body.subarray(2, 2 + body.readUInt16BE(0)), env, "record on the second medium");
  const parts = events.flatMap((event) => [event.a, event.p].filter((part) => part !== undefined)).map(parsed).length;
  let refused = 0;
  for (let bit = 0; bit < env.length * 8; bit++) {
    const changed = Buffer.from(env);
    changed[bit >> 3] ^= 1 << (bit & 7);
    try { record(changed, till); } catch { refused++; }
  }
  return { refused, bits: env.length * 8, configurations: 2, parts, events: events.length };
}

const [what, argument] = process.argv.slice(2);
if (what === "vectors") console.log(JSON.stringify(vectors(argument)));
else if (what === "proofs") console.log(proofs(Number(argument)));
else if (what === "canonical")
  for (const line of fs.readFileSync(0, "utf8").replace(/\n$/, "").split("\n")) {
    try { console.log(canonical(JSON.parse(line))); } catch { console.log("refused"); }
  }
else refuse("vectors FOLDER, canonical, or proofs N");
