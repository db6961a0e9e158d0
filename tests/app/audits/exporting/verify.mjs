// A second verifier, written from docs/audit/format.md alone. Prints what verify.py prints with --json, as far as both say it.
//   node verify.mjs DIR [KEYS]          node verify.mjs --story FILE KEYS
import { createHash, createHmac, createPublicKey, verify as signed } from "node:crypto";
import { readFileSync, readdirSync, existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const sha = (...parts) => { const h = createHash("sha256"); parts.forEach((part) => h.update(part)); return h.digest(); };
const leafHash = (leaf) => sha(Buffer.from([0]), leaf);
const nodeHash = (left, right) => sha(Buffer.from([1]), left, right);
const LAST = ["request.approved", "request.rejected", "request.sent_back", "request.withdrawn", "request.lapsed", "elevation.ended", "elevation.cancelled"];
const NAMES = ["act", "actor", "at", "data", "id", "on_behalf_of", "previous", "recorded_at", "schema", "subject", "v"];
const faults = [];
const fault = (place, what) => faults.push({ place, what });

class Unusable extends Error {}

function base64(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Unusable(`${text} is no base64`);
  return bytes;
}

function mth(hashes, begin = 0, end = hashes.length) {
  if (end === begin) return sha(Buffer.alloc(0));
  if (end - begin === 1) return hashes[begin];
  let half = 1;
  while (half * 2 < end - begin) half *= 2;
  return nodeHash(mth(hashes, begin, begin + half), mth(hashes, begin + half, end));
}

function readKeys(text) {
  const listed = text.trimStart().startsWith("[") ? JSON.parse(text) : text.split("\n").filter((line) => line.trim()).map((vkey) => ({ vkey, from: 0, until: null }));
  return listed.map(({ vkey, from, until }) => {
    const [name, , ...rest] = vkey.trim().split("+");
    const raw = base64(rest.join("+"));
    if (!name || raw[0] !== 1 || raw.length !== 33) throw new Unusable("no key");
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(1)]);
    return { vkey: vkey.trim(), name, from, until, id: sha(name, "\n", raw).subarray(0, 4), key: createPublicKey({ key: spki, format: "der", type: "spki" }) };
  });
}

function readNote(text) {
  const at = text.lastIndexOf("\n\n");
  const body = text.slice(0, at + 1);
  const [origin, size, root] = body.split("\n");
  if (at < 0 || !/^(0|[1-9][0-9]*)$/.test(size ?? "") || root === undefined) throw new Unusable("no checkpoint");
  return { body, origin, size: Number(size), root: base64(root), signatures: text.slice(at + 2).split("\n").filter(Boolean) };
}

function checkSigned(place, note, keys) {
  for (const line of note.signatures) {
    const [dash, name, encoded] = line.split(" ");
    const bytes = base64(encoded ?? "");
    const key = keys.find((each) => dash === "—" && name === each.name && name === note.origin && each.id.equals(bytes.subarray(0, 4)));
    if (!key) continue;
    if (note.size < key.from || (key.until !== null && note.size >= key.until)) return fault(place, "a key of another size");
    if (!signed(null, Buffer.from(note.body), key.key, bytes.subarray(4))) fault(place, "signature");
    return;
  }
  fault(place, "unsigned");
}

function files(folder, below = folder) {
  return readdirSync(below).flatMap((name) => {
    const path = join(below, name);
    return statSync(path).isDirectory() ? files(folder, path) : [relative(folder, path)];
  });
}

function tilePath(level, number, width) {
  const groups = [];
  let rest = number;
  do { groups.unshift(String(rest % 1000).padStart(3, "0")); rest = Math.floor(rest / 1000); } while (rest);
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width === 256 ? "" : `.p/${width}`}`;
}

function checkExport(folder, pinned) {
  const read = (name) => { if (!existsSync(join(folder, name))) return null; return readFileSync(join(folder, name)); };
  const need = (name) => { const data = read(name); if (data === null) throw new Unusable(name); return data; };
  const own = readKeys(need("keys.json").toString());
  const note = readNote(need("checkpoint").toString());
  const keys = pinned ?? own;
  for (const key of own) if (!keys.some((each) => each.vkey === key.vkey)) fault("keys.json", "a key that is not yours");
  const manifest = JSON.parse(need("manifest.json"));
  if (manifest.size !== note.size) fault("manifest.json", "size");
  const there = files(folder).filter((name) => name !== "manifest.json");
  for (const name of new Set([...there, ...Object.keys(manifest.files)])) {
    if (!(name in manifest.files) || !there.includes(name)) fault(name, "not in both");
    else if (!/^(tile\/|beside\/|checkpoint|entries\.jsonl)/.test(name) && sha(need(name)).toString("hex") !== manifest.files[name]) fault(name, "digest");
  }
  const leaves = [];
  for (let number = 0; number * 256 < manifest.first; number++) {
    const data = read(tilePath("entries", number, Math.min(256, note.size - number * 256))) ?? Buffer.alloc(0);
    for (let at = 0, i = number * 256; i < Math.min(manifest.first, (number + 1) * 256); i++) {
      const length = at + 2 <= data.length ? data.readUInt16BE(at) : 0;
      leaves.push(data.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  const text = need("entries.jsonl");
  for (let at = 0; at < text.length;) {
    const end = text.indexOf(10, at);
    if (end < 0 || leaves.length >= note.size) { fault(`entries.jsonl, leaf ${leaves.length}`, "beyond"); break; }
    leaves.push(text.subarray(at, end));
    at = end + 1;
  }
  if (leaves.length < note.size && !faults.some(({ what }) => what === "beyond")) fault(`entries.jsonl, leaf ${leaves.length}`, "ends");
  checkLeaves(leaves, read);
  checkBundles(leaves, manifest.first, note.size, read);
  const hashes = leaves.map(leafHash);
  checkTiles(hashes, read);
  const checkpoints = there.filter((name) => name.startsWith("checkpoints/")).map((name) => [name, readNote(need(name).toString())]);
  let held = 0, changed = false;
  const bySize = [["checkpoint", note], ...checkpoints].sort(([a, one], [b, other]) => one.size - other.size || (a < b ? -1 : 1));
  for (const [name, each] of bySize) {
    checkSigned(name, each, keys);
    if (each.origin !== note.origin || each.size > note.size) fault(name, "another log");
    else if (each.size > hashes.length) continue;
    else if (mth(hashes, 0, each.size).equals(each.root)) held = each.size;
    else {
      fault(name, "root");
      if (!changed) fault(`leaves ${held} to ${each.size - 1}`, "changed");
      changed = true;
    }
  }
  (read("personal.jsonl") ?? Buffer.alloc(0)).toString().split("\n").filter(Boolean).forEach((line, at) => {
    const said = JSON.parse(line);
    const made = createHmac("sha256", Buffer.from(said.salt, "hex")).update(said.text).digest("hex");
    if (made !== said.commitment) fault(`personal.jsonl, line ${at + 1}`, "commitment");
  });
  return { size: note.size, entries: leaves.length - manifest.first };
}

function checkLeaves(leaves, read) {
  const last = new Map();
  leaves.forEach((leaf, index) => {
    let said;
    try { said = JSON.parse(leaf.toString()); } catch { return fault(`leaf ${index}`, "no JSON"); }
    if (Object.keys(said).join() !== NAMES.join() || said.v !== 1 || leaf.length > 65535) return fault(`leaf ${index}`, "format");
    if (said.id !== index + 1) fault(`leaf ${index}`, "id");
    if (said.previous !== (last.get(said.subject) ?? null)) fault(`leaf ${index}`, "previous");
    last.set(said.subject, index);
    if (Object.keys(said.data).join() === "beside,bytes") {
      const data = read(`beside/${said.data.beside}`);
      if (data === null || data.length !== said.data.bytes || sha(data).toString("hex") !== said.data.beside) fault(`leaf ${index}`, "beside");
    }
  });
}

function checkBundles(leaves, first, size, read) {
  for (let number = Math.floor(first / 256); number * 256 < leaves.length; number++) {
    const width = Math.min(256, size - number * 256);
    const mine = leaves.slice(number * 256, number * 256 + width);
    if (mine.length < width) return;
    const path = tilePath("entries", number, width);
    const told = Buffer.concat(mine.flatMap((leaf) => { const length = Buffer.alloc(2); length.writeUInt16BE(leaf.length & 0xffff); return [length, leaf]; }));
    const data = read(path);
    if (data === null || !data.equals(told)) fault(path, "bundle");
  }
}

function checkTiles(hashes, read) {
  let row = hashes;
  for (let level = 0; row.length; level++) {
    const above = [];
    for (let number = 0; number * 256 < row.length; number++) {
      const computed = row.slice(number * 256, (number + 1) * 256);
      const path = tilePath(level, number, computed.length);
      const data = read(path);
      if (data === null) fault(path, "missing");
      else {
        if (data.length > 32 * computed.length) fault(path, "more");
        computed.forEach((hash, at) => {
          if (!hash.equals(data.subarray(at * 32, at * 32 + 32))) fault(level ? path : `leaf ${number * 256 + at}`, "hash");
        });
      }
      if (computed.length === 256) above.push(mth(computed));
    }
    row = above;
  }
}

function checkStory(text, keys) {
  const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const checkpoints = new Set(lines.map(({ proof }) => proof.slice(proof.indexOf("\n\n") + 2)));
  if (checkpoints.size !== 1) throw new Unusable("not one checkpoint");
  const note = readNote([...checkpoints][0]);
  const leaves = lines.map(({ leaf, proof }, at) => {
    const place = `line ${at + 1}`;
    checkSigned(`${place}, checkpoint`, note, keys);
    const [kind, ...rest] = proof.slice(0, proof.indexOf("\n\n")).split("\n").filter((line) => !line.startsWith("extra "));
    if (kind !== "c2sp.org/tlog-proof@v1" || !/^index (0|[1-9][0-9]*)$/.test(rest[0] ?? "")) throw new Unusable("no proof");
    const index = Number(rest[0].slice(6));
    const root = climb(leafHash(leaf), index, note.size, rest.slice(1).map(base64));
    if (index >= note.size || root === null || !root.equals(note.root)) fault(place, "proof");
    const said = JSON.parse(leaf);
    if (said.id !== index + 1) fault(place, "id");
    return { ...said, place };
  });
  const last = new Map();
  for (const leaf of [...leaves].sort((one, other) => one.id - other.id)) {
    if (leaf.previous !== (last.get(leaf.subject) ?? null)) fault(`${leaf.place}, leaf ${leaf.id - 1}`, "previous");
    last.set(leaf.subject, leaf.id - 1);
  }
  const ended = (subject) => leaves.some((leaf) => leaf.subject === subject && LAST.includes(leaf.act));
  const named = leaves.flatMap(({ act, data }) => {
    if (act === "elevation.extended") return [data.by];
    return act === "request.approved" ? (data.elevations?.length ? data.elevations : [null]) : [];
  });
  const whole = [...last.keys()].every(ended) && named.every((subject) => last.has(subject));
  return { size: note.size, entries: leaves.length, whole };
}

// RFC 6962, 2.1.1, from the root downwards: which half the leaf is in says on which side each hash stands.
function climb(leaf, index, size, path) {
  if (size === 1) return path.length ? null : leaf;
  if (!path.length || index >= size) return null;
  let half = 1;
  while (half * 2 < size) half *= 2;
  const top = path[path.length - 1];
  const below = index < half ? climb(leaf, index, half, path.slice(0, -1)) : climb(leaf, index - half, size - half, path.slice(0, -1));
  if (below === null) return null;
  return index < half ? nodeHash(below, top) : nodeHash(top, below);
}

const given = process.argv.slice(2);
let code, said;
try {
  const story = given[0] === "--story";
  const [path, keysPath] = story ? given.slice(1) : given;
  const pinned = keysPath ? readKeys(readFileSync(keysPath, "utf8")) : null;
  said = story ? checkStory(readFileSync(path, "utf8"), pinned) : checkExport(path, pinned);
  code = faults.length ? 1 : 0;
  said = { holds: !faults.length, faults, ...said };
} catch (error) {
  [code, said] = [2, { holds: null, unusable: String(error) }];
}
process.stdout.write(`${JSON.stringify(said)}\n`);
process.exit(code);
