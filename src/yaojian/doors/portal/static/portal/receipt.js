"use strict";
/* What a receipt of the public log proves, worked out in the browser: no server is asked. The same rules and the
   same words as `yaojian verify`. Formats: C2SP tlog-proof, tlog-checkpoint, signed-note, tlog-cosignature. */
(() => {
  class Refused extends Error {}
  const LATE_AFTER_S = 300;
  const text8 = new TextEncoder();
  const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };
  const digest = async (name, bytes) => new Uint8Array(await crypto.subtle.digest(name, bytes));
  const sha256 = bytes => digest("SHA-256", bytes);

  function fromBase64(written) {
    if (written.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(written)) throw new Refused();
    return Uint8Array.from(atob(written), letter => letter.charCodeAt(0));
  }
  function fromHex(written) {
    if (!/^([0-9a-f]{2})*$/.test(written)) throw new Refused();
    return Uint8Array.from(written.match(/../g) || [], pair => parseInt(pair, 16));
  }
  function number(written) {
    const value = Number(written);
    if (!/^(0|[1-9][0-9]{0,18})$/.test(written) || !Number.isSafeInteger(value)) throw new Refused();
    return value;
  }
  function hashOf(line) {
    const bytes = fromBase64(line);
    if (bytes.length !== 32) throw new Refused();
    return bytes;
  }

  // --- Ed25519: the browser's own, or the arithmetic of RFC 8032 where it has none ---------------

  const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (value, by = P) => ((value % by) + by) % by;
  function power(base, exponent) {
    let result = 1n;
    for (base = mod(base); exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = mod(result * base);
      base = mod(base * base);
    }
    return result;
  }
  const inverse = value => power(value, P - 2n);
  const D = mod(-121665n * inverse(121666n)), ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);
  const BASE = point(mod(4n * inverse(5n)), 0n);
  const little = bytes => bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  function point(y, sign) {
    if (y >= P) throw new Refused();
    const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
    let x = power(square, (P + 3n) / 8n);
    if (mod(x * x - square)) x = mod(x * ROOT_OF_MINUS_1);
    if (mod(x * x - square) || (x === 0n && sign)) throw new Refused();
    if ((x & 1n) !== sign) x = P - x;
    return [x, y, 1n, mod(x * y)];
  }
  function plus([x1, y1, z1, t1], [x2, y2, z2, t2]) {
    const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2);
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }
  function times(scalar, what) {
    let sum = [0n, 1n, 1n, 0n];
    for (; scalar > 0n; scalar >>= 1n) {
      if (scalar & 1n) sum = plus(sum, what);
      what = plus(what, what);
    }
    return sum;
  }
  function decoded(bytes) {
    const value = little(bytes);
    return point(value & ((1n << 255n) - 1n), value >> 255n);
  }
  async function holdsSlowly(key, signature, message) {
    try {
      const s = little(signature.slice(32));
      if (s >= L) return false;
      const k = mod(little(await digest("SHA-512", joined(signature.slice(0, 32), key, message))), L);
      const left = times(s, BASE), right = plus(decoded(signature.slice(0, 32)), times(k, decoded(key)));
      return mod(left[0] * right[2] - right[0] * left[2]) === 0n && mod(left[1] * right[2] - right[1] * left[2]) === 0n;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }
  async function holds(key, signature, message) {
    if (signature.length !== 64) return false;
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return holdsSlowly(key, signature, message);
    }
    return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  }

  // --- notes and keys ----------------------------------------------------------------------------

  function parseNote(written) {
    const cut = written.lastIndexOf("\n\n");
    if (cut < 0 || !written.endsWith("\n") || /[\x00-\x09\x0b-\x1f]/.test(written)) throw new Refused();
    const lines = written.slice(cut + 2, -1).split("\n").map(row => {
      const parts = /^\u2014 ([^\s+]+) (\S+)$/u.exec(row);
      const raw = parts && fromBase64(parts[2]);
      if (!raw || raw.length < 5) throw new Refused();
      return { name: parts[1], id: raw.slice(0, 4), signature: raw.slice(4) };
    });
    return { text: written.slice(0, cut + 1), lines };
  }
  function parseCheckpoint(note) {
    const [origin, size, root, ...more] = note.text.slice(0, -1).split("\n");
    if (!origin || size === undefined || root === undefined || more.includes("")) throw new Refused();
    return { origin, size: number(size), root: hashOf(root) };
  }
  async function parseKey(written) {
    const [name, id, ...rest] = written.trim().split("+");
    const raw = fromBase64(rest.join("+"));
    const own = (await sha256(joined(text8.encode(name + "\n"), raw))).slice(0, 4);
    const isSm2 = raw.length === 78 && raw[0] === 255 && same(raw.slice(1, 13), text8.encode("sm2-with-sm3"));
    if (!isSm2 && (raw.length !== 33 || ![1, 4].includes(raw[0])) || hex(own) !== id) throw new Refused();
    return { name, id: own, kind: raw[0], key: raw.slice(1) };
  }
  async function parsePolicy(lines) {
    const policy = { log: null, clock: null, promises: null, sm2: null, witnesses: [], quorum: null };
    for (const line of lines.map(one => one.trim()).filter(Boolean)) {
      if (line.startsWith("quorum ")) { policy.quorum = number(line.slice(7)); continue; }
      const key = await parseKey(line);
      if (key.kind === 255) policy.sm2 = key; // no browser knows SM2: that its line was not checked is told
      else if (key.kind === 4) policy.witnesses.push(key);
      else if (key.name.endsWith("/promises")) policy.promises = key;
      else if (policy.log) throw new Refused();
      else policy.log = key;
    }
    if (!policy.log) throw new Refused();
    policy.clock = policy.witnesses.find(key => key.name === policy.log.name + "/clock") || null;
    policy.witnesses = policy.witnesses.filter(key => key !== policy.clock);
    if (policy.quorum === null) policy.quorum = policy.witnesses.length ? Math.floor(policy.witnesses.length / 2) + 1 : 0;
    if (policy.quorum > policy.witnesses.length) throw new Refused();
    return policy;
  }
  const timeOf = line => Number(new DataView(line.signature.buffer, line.signature.byteOffset).getBigUint64(0));
  /** The lines that are true signatures by one of the keys; null when one claims a key and is false. */
  async function signedBy(note, keys) {
    const found = [];
    for (const line of note.lines) for (const key of keys) {
      if (!key || key.name !== line.name || !same(key.id, line.id)) continue;
      let message = note.text, signature = line.signature;
      if (key.kind === 4) {
        if (signature.length !== 72) return null;
        message = `cosignature/v1\ntime ${timeOf(line)}\n${note.text}`;
        signature = signature.slice(8);
      }
      if (!(await holds(key.key, signature, text8.encode(message)))) return null;
      found.push({ key, at: key.kind === 4 ? timeOf(line) : null });
    }
    return found;
  }

  // --- receipts ----------------------------------------------------------------------------------

  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  async function fromCode(written) {
    const numbers = Array.from(written.replace(/[\r\n]+$/, "").slice(4), letter => LETTERS.indexOf(letter));
    if (numbers.includes(-1) || numbers.length % 3 === 1) throw new Refused();
    const bytes = [];
    for (let at = 0; at < numbers.length; at += 3) {
      const [a, b, c] = [numbers[at], numbers[at + 1], numbers[at + 2]];
      const value = a + 45 * b + (c === undefined ? 0 : 2025 * c);
      if (value > (c === undefined ? 255 : 65535)) throw new Refused();
      if (c !== undefined) bytes.push(value >> 8);
      bytes.push(value & 255);
    }
    const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("deflate"));
    try {
      return await new Response(stream).text();
    } catch {
      throw new Refused();
    }
  }
  function parseReceipt(written) {
    const cut = written.indexOf("\n\n");
    const lines = written.slice(0, Math.max(cut, 0)).split("\n");
    if (cut < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Refused();
    if (!lines.length || !lines[0].startsWith("extra ")) throw new Refused();
    const extra = fromBase64(lines.shift().slice(6));
    if (!lines.length || !lines[0].startsWith("index ")) throw new Refused();
    const index = number(lines.shift().slice(6));
    if (lines.length > 63) throw new Refused();
    const note = parseNote(written.slice(cut + 2));
    return { index, path: lines.map(hashOf), note, checkpoint: parseCheckpoint(note), contents: parseContents(extra) };
  }
  function parseJson(written) {
    try {
      return JSON.parse(written);
    } catch {
      throw new Refused();
    }
  }
  function parseContents(extra) {
    let written;
    try {
      written = new TextDecoder("utf-8", { fatal: true }).decode(extra);
    } catch {
      throw new Refused();
    }
    const said = parseJson(written);
    const contents = { entry: said.entry, seen: said.seen || "", act: said.act || "", salt: said.salt || "" };
    if (!Object.values(contents).every(value => typeof value === "string") || !contents.entry) throw new Refused();
    return { ...contents, salt: fromHex(contents.salt), leaf: parseLeaf(contents.entry) };
  }
  function parseLeaf(entry) {
    const said = parseJson(entry);
    const quoted = name => {
      if (typeof said[name] !== "string") throw new Refused();
      return `"${name}":${JSON.stringify(said[name])}`;
    };
    const corrects = "corrects" in said ? `"corrects":${number(String(said.corrects))},` : "";
    const seen = said.seen ? `"seen":{"note":${JSON.stringify(said.seen.note)},"size":${number(String(said.seen.size))}},` : "";
    const spelled = `{${quoted("claimed")},${quoted("commitment")},${corrects}${quoted("kind")},${quoted("organ")},${quoted("schema")},${seen}${quoted("version")}}`;
    const claimed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(said.claimed) ? Date.parse(said.claimed.slice(0, 23) + "Z") : NaN;
    if (spelled !== entry || said.version !== "yaojian.leaf/1" || Number.isNaN(claimed)) throw new Refused();
    return { ...said, at: claimed / 1000 };
  }
  async function isIncluded(leaf, index, size, path, root) {
    if (index >= size) return false;
    let place = index, last = size - 1, found = leaf;
    for (const part of path) {
      if (last === 0) return false;
      if (place % 2 || place === last) {
        found = await sha256(joined([1], part, found));
        while (place % 2 === 0 && place) { place = Math.floor(place / 2); last = Math.floor(last / 2); }
      } else {
        found = await sha256(joined([1], found, part));
      }
      place = Math.floor(place / 2);
      last = Math.floor(last / 2);
    }
    return last === 0 && same(found, root);
  }
  async function commits(contents) {
    const key = await crypto.subtle.importKey("raw", contents.salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const made = await crypto.subtle.sign("HMAC", key, text8.encode(contents.act));
    return hex(new Uint8Array(made)) === contents.leaf.commitment;
  }

  /** A promise: name of the log, act, commitment, times. Null for what is none. */
  function parsePromise(written) {
    try {
      const note = parseNote(written), lines = note.text.slice(0, -1).split("\n");
      if (lines.length !== 5 || !lines[0].endsWith("/promises") || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lines[1])) return null;
      const momentOf = (line, mark) => {
        const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}Z$/.exec(line.startsWith(mark) ? line.slice(mark.length) : "");
        if (!found || Number.isNaN(Date.parse(`${found[1]}Z`))) throw new Refused();
        return Date.parse(`${found[1]}Z`) / 1000;
      };
      return { note, origin: lines[0].slice(0, -9), uid: lines[1], commitment: hex(hashOf(lines[2])), recorded: momentOf(lines[3], "recorded "), deadline: momentOf(lines[4], "by ") };
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }
  async function judgePromise(promise, policy) {
    const signers = await signedBy(promise.note, [policy.promises]);
    if (signers === null) return { problem: "false_signature" };
    if (!signers.length || promise.origin !== policy.log.name || policy.promises.name !== `${promise.origin}/promises`) return { problem: "other_log" };
    return { problem: "", promise };
  }
  async function judge(written, policy) {
    if (bundles.looksLike(written)) return bundles.judge(written, policy);
    let receipt;
    try {
      const plain = written.startsWith("YJ1:") ? await fromCode(written) : written;
      const promise = parsePromise(plain);
      if (promise) return judgePromise(promise, policy);
      receipt = parseReceipt(plain);
    } catch (error) {
      if (error instanceof Refused || error instanceof TypeError) return { problem: "not_a_receipt" };
      throw error;
    }
    const { checkpoint, contents } = receipt;
    const stamps = await signedBy(receipt.note, [policy.log, policy.clock, ...policy.witnesses]);
    if (stamps === null) return { problem: "false_signature" };
    if (!stamps.some(stamp => stamp.key === policy.log) || checkpoint.origin !== policy.log.name) return { problem: "other_log" };
    const leaf = await sha256(joined([0], text8.encode(contents.entry)));
    if (!(await isIncluded(leaf, receipt.index, checkpoint.size, receipt.path, checkpoint.root))) return { problem: "not_included" };
    if (contents.act && !(contents.salt.length && (await commits(contents)))) return { problem: "content_differs" };
    const seen = await seenStamps(contents, policy);
    if (seen === null) return { problem: "seen_differs" };
    return withTimes({ problem: "", index: receipt.index, checkpoint, leaf: contents.leaf, act: contents.act, sm2: policy.sm2 !== null }, stamps, seen, policy);
  }
  async function seenStamps(contents, policy) {
    if (!contents.seen) return [];
    const seen = contents.leaf.seen;
    if (!seen || hex(await sha256(text8.encode(contents.seen))) !== seen.note) return null;
    try {
      return await signedBy(parseNote(contents.seen), [policy.clock, ...policy.witnesses]);
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }
  function withTimes(read, stamps, seen, policy) {
    const names = stamps.filter(stamp => policy.witnesses.includes(stamp.key)).map(stamp => stamp.key.name);
    const witnessed = policy.quorum > 0 && new Set(names).size >= policy.quorum;
    const trusted = witnessed ? policy.witnesses : [policy.clock];
    const timesOf = some => some.filter(stamp => stamp.key && stamp.at !== null && trusted.includes(stamp.key)).map(stamp => stamp.at);
    const latest = timesOf(stamps).length ? Math.max(...timesOf(stamps)) + 1 : null;
    const earliest = timesOf(seen).length ? Math.min(...timesOf(seen)) : null;
    const late = earliest !== null && read.leaf.at < earliest - LATE_AFTER_S;
    return { ...read, names, witnessed, quorum: policy.quorum, latest, earliest, late };
  }

  // --- words -------------------------------------------------------------------------------------

  const inBeijing = seconds => new Date((Math.floor(seconds) + 28800) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const bundles = globalThis.proofBundles({
    Refused, sha256, hex, same, joined, text8, fromHex, number, hashOf, parseJson, parseNote, parseCheckpoint, parseLeaf, signedBy, isIncluded, inBeijing, LATE_AFTER_S,
  });
  function proved(verdict) {
    if (verdict.bundle) return bundles.proved(verdict);
    if (verdict.promise) {
      const { origin, uid, commitment, recorded, deadline } = verdict.promise;
      return [["promised", { origin, uid, commitment, recorded: inBeijing(recorded), deadline: inBeijing(deadline) }]];
    }
    const { checkpoint, leaf } = verdict;
    const found = [
      ["included", { origin: checkpoint.origin, index: verdict.index, size: checkpoint.size, root: hex(checkpoint.root) }],
      ["leaf", { kind: leaf.kind, organ: leaf.organ, claimed: inBeijing(leaf.at) }],
    ];
    if (verdict.act) found.push(["opened", {}]);
    if (verdict.witnessed) found.push(["witnessed", { names: verdict.names.join(", ") }]);
    if (verdict.latest !== null) {
      const span = verdict.earliest === null ? {} : { earliest: inBeijing(verdict.earliest) };
      const key = `${verdict.earliest === null ? "latest" : "window"}_${verdict.witnessed ? "witnessed" : "clock"}`;
      found.push([key, { latest: inBeijing(verdict.latest), ...span }]);
    }
    return found;
  }
  function notProved(verdict) {
    if (verdict.bundle) return bundles.notProved(verdict);
    if (verdict.promise) {
      const { deadline } = verdict.promise;
      return [Date.now() / 1000 > deadline ? ["overdue", { deadline: inBeijing(deadline) }] : ["not_entered", {}], ["not_truth", {}]];
    }
    const found = [];
    if (verdict.late) found.push(["late", { claimed: inBeijing(verdict.leaf.at), earliest: inBeijing(verdict.earliest) }]);
    if (!verdict.act) found.push(["not_hidden", {}]);
    if (!verdict.witnessed && verdict.names.length) found.push(["few_witnesses", { names: verdict.names.join(", "), quorum: verdict.quorum }]);
    else if (!verdict.witnessed) found.push(["not_witnessed", {}]);
    if (verdict.sm2) found.push(["sm2_unchecked", {}]);
    if (verdict.latest === null) found.push(["not_time", {}]);
    return [...found, ["not_truth", {}], ["not_complete", {}]];
  }
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name]));

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function list(title, sentences, words) {
    const part = element("section"), items = element("ul");
    part.append(element("h3", title), items);
    for (const [key, values] of sentences) items.append(element("li", filled(words[key], values)));
    return part;
  }
  function table(entries, words) {
    const frame = element("div", "", "table-frame"), made = element("table", "", "table"), head = element("tr"), body = element("tbody"), top = element("thead");
    for (const name of ["entry", "claimed", "kind", "by"]) head.append(element("th", words[`column.${name}`]));
    for (const one of entries) {
      const row = element("tr"), record = one.act ? JSON.parse(one.act) : null;
      const by = record ? `${record.organ.name} ${record.actor.name}` : words[one.erasure ? "erased" : "withheld"];
      for (const cell of [String(one.index), inBeijing(one.leaf.at), words[`kind.${one.leaf.kind}`] || one.leaf.kind, by]) row.append(element("td", cell));
      body.append(row);
    }
    top.append(head);
    made.append(top, body);
    frame.append(made);
    return frame;
  }
  function show(place, verdict, words) {
    place.replaceChildren();
    place.hidden = false;
    place.dataset.problem = verdict.problem;
    const good = !verdict.problem;
    place.append(element("h2", `${good ? "✓" : "✗"} ${good ? words.verified : words.failed}${verdict.late ? ` · ${words.late_entry}` : ""}`, good ? "verdict-good mt-0" : "verdict-bad mt-0"));
    if (!good) {
      place.append(element("p", filled(words[`problem.${verdict.problem}`], verdict.values || {})));
      return;
    }
    place.append(list(words.proved, proved(verdict), words), list(words.not_proved, notProved(verdict), words));
    if (verdict.bundle && verdict.bundle.entries.length) place.append(element("h3", words.acts), table(verdict.bundle.entries, words));
    const records = verdict.act ? JSON.parse(verdict.act) : verdict.acts && verdict.acts.length ? verdict.acts : null;
    if (records) {
      const frame = element("div", "", "table-frame");
      frame.append(element("pre", JSON.stringify(records, null, 2), "code"));
      place.append(element("h3", words.content), frame);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("receipt-form"), data = document.getElementById("receipt-data");
    if (!form || !data || !globalThis.crypto || !crypto.subtle) return;
    const known = JSON.parse(data.textContent), place = document.getElementById("receipt-result");
    form.addEventListener("submit", async event => {
      event.preventDefault();
      const file = form.elements.receipt.files[0];
      const written = file ? await file.text() : form.elements.text.value;
      let policy;
      try {
        policy = await parsePolicy(form.elements.keys.value.split("\n"));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        show(place, { problem: "keys" }, known);
        return;
      }
      show(place, await judge(file || !written.trim() ? written : written.trimStart(), policy), known);
      place.focus();
    });
  });
})();
