"use strict";
/* What a proof bundle proves: every act about a subject in a period, counted by the closed days of the log. The same
   rules and the same words as `yaojian verify`; `receipt.js` hands in how notes, paths and leaves are read. */
globalThis.proofBundles = tools => {
  const { Refused, sha256, hex, same, joined, text8, fromHex, number, hashOf, parseJson, parseNote, parseCheckpoint, parseLeaf, signedBy, isIncluded, inBeijing, LATE_AFTER_S } = tools;
  const SUBJECTS = "enterprises.subject:", DAY_CLOSED = "journal.day_closed", ACT_ERASED = "journal.act_erased";
  const MOST_DAYS = 4000, MOST_NAMED = 20, DAY_MS = 86400000;

  class Wrong extends Error {
    constructor(problem, values = {}) {
      super(problem);
      this.verdict = { problem, values };
    }
  }
  const references = subjects => subjects.map(one => `${SUBJECTS}${one}`).join(", ");

  // --- the file ------------------------------------------------------------------------------------

  function text(said) {
    if (typeof said !== "string") throw new Refused();
    return said;
  }
  function list(said) {
    if (!Array.isArray(said)) throw new Refused();
    return said;
  }
  function dayOf(said) {
    const at = /^\d{4}-\d\d-\d\d$/.test(text(said)) ? Date.parse(`${said}T00:00:00Z`) : NaN;
    if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== said) throw new Refused();
    return said;
  }
  function secret(said) {
    const bytes = fromHex(text(said));
    if (bytes.length !== 32) throw new Refused();
    return bytes;
  }
  const hashes = said => list(said).map(one => hashOf(text(one)));
  function parseEntry(said) {
    return {
      index: number(text(said.index)),
      path: hashes(said.path),
      entry: text(said.entry),
      leaf: parseLeaf(said.entry),
      subject: number(text("subject" in said ? said.subject : "0")),
      act: text("act" in said ? said.act : ""),
      salt: fromHex(text("salt" in said ? said.salt : "")),
      erasure: "erasure" in said ? parseEntry(said.erasure) : null,
    };
  }
  function parseDay(said) {
    const day = dayOf(said.day);
    const told = list(said.said).map(one => ({
      subject: number(text(one.subject)), entries: number(text(one.entries)), root: secret(one.root), salt: secret(one.salt), path: hashes(one.path),
    }));
    return { day, closing: parseEntry(said.closing), said: told };
  }
  function parse(written) {
    const said = parseJson(written);
    const bundle = {
      name: text(said.name),
      subjects: list(said.subjects).map(one => number(text(one))),
      since: dayOf(said.since),
      until: dayOf(said.until),
      checkpoint: text(said.checkpoint),
      notes: list(said.notes).map(text),
      days: list(said.days).map(parseDay),
      entries: list(said.entries).map(parseEntry),
    };
    const days = (Date.parse(bundle.until) - Date.parse(bundle.since)) / DAY_MS;
    if (said.format !== "yaojian.bundle/1" || !bundle.subjects.length || !(days >= 0 && days <= MOST_DAYS)) throw new Refused();
    bundle.span = Array.from({ length: days + 1 }, (_one, at) => new Date(Date.parse(bundle.since) + at * DAY_MS).toISOString().slice(0, 10));
    return bundle;
  }

  // --- what is compared ----------------------------------------------------------------------------

  async function commitment(record, salt) {
    if (!salt.length) return "";
    const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, text8.encode(record))));
  }
  const opens = async entry => (await commitment(entry.act, entry.salt)) === entry.leaf.commitment;
  const leafHash = bytes => sha256(joined([0], bytes));
  async function rootOf(parts) {
    if (!parts.length) return sha256(new Uint8Array());
    if (parts.length === 1) return parts[0];
    const split = 2 ** Math.floor(Math.log2(parts.length - 1));
    return sha256(joined([1], await rootOf(parts.slice(0, split)), await rootOf(parts.slice(split))));
  }
  async function isIn(entry, checkpoint) {
    return isIncluded(await leafHash(text8.encode(entry.entry)), entry.index, checkpoint.size, entry.path, checkpoint.root);
  }
  function recordIn(entry) {
    let said = null;
    try {
      said = JSON.parse(entry.act);
    } catch {
      said = null;
    }
    if (said === null || typeof said !== "object" || Array.isArray(said)) throw new Wrong("act_differs", { index: entry.index });
    return said;
  }
  /** The closing that a record holds; null for another record. */
  function closingIn(record) {
    try {
      const said = JSON.parse(record), facts = said.facts;
      const closing = { day: facts.day, number: facts.closing, begin: facts.first_entry, end: facts.end_entry, places: facts.places, root: fromHex(facts.subjects_root) };
      const numbers = [closing.number, closing.begin, closing.end, closing.places];
      return said.kind === DAY_CLOSED && numbers.every(one => Number.isSafeInteger(one) && one >= 0) ? closing : null;
    } catch {
      return null;
    }
  }
  async function checkDay(given, checkpoint) {
    if (!(await isIn(given.closing, checkpoint))) throw new Wrong("day_not_included", { day: given.day });
    const closing = closingIn(given.closing.act);
    const fits = closing && closing.day === given.day && closing.begin <= closing.end && closing.end <= given.closing.index;
    if (!fits || given.closing.leaf.kind !== DAY_CLOSED || !(await opens(given.closing))) throw new Wrong("day_differs", { day: given.day });
    return closing;
  }
  async function checkDays(bundle, checkpoint) {
    const given = new Map(bundle.days.map(day => [day.day, day])), closings = [];
    for (const day of bundle.span) {
      if (!given.has(day)) throw new Wrong("day_missing", { day });
      const closing = await checkDay(given.get(day), checkpoint), before = closings[closings.length - 1];
      if (before && (closing.begin !== before.end || closing.number !== before.number + 1)) throw new Wrong("day_gap", { day });
      closings.push(closing);
    }
    if (bundle.days.length !== closings.length) throw new Wrong("day_twice");
    return closings;
  }
  async function checkRecord(entry) {
    if (!(await opens(entry))) throw new Wrong("act_differs", { index: entry.index });
    const about = recordIn(entry).subject;
    if (about !== `${SUBJECTS}${entry.subject}`) throw new Wrong("act_foreign", { index: entry.index, subject: about || "—" });
  }
  async function checkErasure(entry, checkpoint) {
    const erasure = entry.erasure, wrong = new Wrong("erasure_differs", { index: entry.index });
    if (!(await isIn(erasure, checkpoint)) || erasure.leaf.kind !== ACT_ERASED || entry.act || !(await opens(erasure))) throw wrong;
    const facts = recordIn(erasure).facts;
    if (!facts || facts.erased_entry !== entry.index) throw wrong;
  }
  async function checkEntries(bundle, checkpoint, closings) {
    let last = -1;
    for (const entry of bundle.entries) {
      if (entry.index <= last) throw new Wrong("act_order", { index: entry.index });
      last = entry.index;
      if (!(await isIn(entry, checkpoint))) throw new Wrong("act_not_included", { index: entry.index });
      if (entry.index < closings[0].begin || entry.index >= closings[closings.length - 1].end) throw new Wrong("act_outside", { index: entry.index });
      if (entry.act) await checkRecord(entry);
      if (!bundle.subjects.includes(entry.subject)) throw new Wrong("act_foreign", { index: entry.index, subject: references([entry.subject]) });
      if (entry.erasure) await checkErasure(entry, checkpoint);
    }
  }
  async function isSaid(said, closing) {
    if (said.subject >= closing.places) return said.entries === 0 && !said.path.length;
    const statement = `{"day":"${closing.day}","entries":${said.entries},"root":"${hex(said.root)}","subject":"${SUBJECTS}${said.subject}"}`;
    const leaf = await leafHash(fromHex(await commitment(statement, said.salt)));
    return isIncluded(leaf, said.subject, closing.places, said.path, closing.root);
  }
  async function checkCounts(bundle, closings) {
    const given = new Map(bundle.days.map(day => [day.day, day]));
    let quiet = 0;
    for (const closing of closings) {
      const said = new Map(given.get(closing.day).said.map(one => [one.subject, one]));
      const own = bundle.entries.filter(one => one.index >= closing.begin && one.index < closing.end);
      if (!own.length) quiet += 1;
      for (const subject of bundle.subjects) {
        const where = { day: closing.day, subject: references([subject]) }, one = said.get(subject);
        const found = own.filter(entry => entry.subject === subject);
        if (!one || !(await isSaid(one, closing))) throw new Wrong("statement_differs", where);
        if (one.entries !== found.length) throw new Wrong("count_differs", { ...where, said: one.entries, found: found.length });
        const parts = await Promise.all(found.map(entry => leafHash(text8.encode(entry.entry))));
        if (!same(one.root, await rootOf(parts))) throw new Wrong("root_differs", where);
      }
    }
    return quiet;
  }

  // --- times ---------------------------------------------------------------------------------------

  async function seenTimes(bundle, trusted, policy) {
    const found = new Map();
    for (const [at, written] of bundle.notes.entries()) {
      let stamps = null;
      try {
        stamps = await signedBy(parseNote(written), [policy.log, policy.clock, ...policy.witnesses]);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      if (stamps === null) throw new Wrong("note_differs", { number: at + 1 });
      const times = stamps.filter(stamp => trusted.includes(stamp.key)).map(stamp => stamp.at);
      if (times.length) found.set(hex(await sha256(text8.encode(written))), Math.min(...times));
    }
    return found;
  }
  async function withTimes(read, stamps, policy) {
    const names = stamps.filter(stamp => policy.witnesses.includes(stamp.key)).map(stamp => stamp.key.name);
    const witnessed = policy.quorum > 0 && new Set(names).size >= policy.quorum;
    const trusted = witnessed ? policy.witnesses : [policy.clock].filter(Boolean);
    const seen = await seenTimes(read.bundle, trusted, policy);
    const earliest = read.bundle.entries.map(one => (one.leaf.seen && seen.has(one.leaf.seen.note) ? seen.get(one.leaf.seen.note) : null));
    const latest = stamps.filter(stamp => trusted.includes(stamp.key)).map(stamp => stamp.at + 1);
    const late = read.bundle.entries.filter((one, at) => earliest[at] !== null && one.leaf.at < earliest[at] - LATE_AFTER_S);
    const all = earliest.length > 0 && !earliest.includes(null);
    return { ...read, names, witnessed, quorum: policy.quorum, lateOnes: late, earliest: all ? Math.min(...earliest) : null, latest: latest.length ? Math.max(...latest) : null };
  }
  async function judged(written, policy) {
    const bundle = parse(written), note = parseNote(bundle.checkpoint), checkpoint = parseCheckpoint(note);
    const stamps = await signedBy(note, [policy.log, policy.clock, ...policy.witnesses]);
    if (stamps === null) throw new Wrong("bundle_false_signature");
    if (checkpoint.origin !== policy.log.name || !stamps.some(stamp => stamp.key === policy.log)) throw new Wrong("bundle_other_log", { origin: checkpoint.origin });
    const closings = await checkDays(bundle, checkpoint);
    await checkEntries(bundle, checkpoint, closings);
    const quiet = await checkCounts(bundle, closings);
    const acts = bundle.entries.filter(one => one.act).map(one => JSON.parse(one.act));
    return withTimes({ problem: "", bundle, checkpoint, quiet, first: closings[0].number, acts }, stamps, policy);
  }
  async function judge(written, policy) {
    try {
      return await judged(written, policy);
    } catch (error) {
      if (error instanceof Wrong) return error.verdict;
      if (error instanceof Refused || error instanceof TypeError) return { problem: "not_a_bundle" };
      throw error;
    }
  }

  // --- words ---------------------------------------------------------------------------------------

  const named = entries => entries.slice(0, MOST_NAMED).map(one => one.index).join(", ") + (entries.length > MOST_NAMED ? ", …" : "");
  function proved(verdict) {
    const { bundle, checkpoint } = verdict, { since, until, entries } = bundle;
    const days = { since, until, days: bundle.days.length, count: entries.length, subjects: references(bundle.subjects) };
    const found = [
      ["bundle_complete", { ...days, quiet: verdict.quiet }],
      ["bundle_included", { ...days, origin: checkpoint.origin, size: checkpoint.size, root: hex(checkpoint.root) }],
    ];
    if (verdict.first === 1) found.push(["bundle_first", days]);
    if (verdict.acts.length) found.push(["bundle_opened", { opened: verdict.acts.length }]);
    const claimed = entries.map(one => one.leaf.at).sort((one, other) => one - other);
    if (claimed.length) found.push(["bundle_claims", { first: inBeijing(claimed[0]), last: inBeijing(claimed[claimed.length - 1]) }]);
    if (verdict.witnessed) found.push(["witnessed", { names: verdict.names.join(", ") }]);
    if (verdict.latest !== null) {
      const span = verdict.earliest === null ? {} : { earliest: inBeijing(verdict.earliest) };
      const key = `bundle_${verdict.earliest === null ? "latest" : "window"}_${verdict.witnessed ? "witnessed" : "clock"}`;
      found.push([key, { latest: inBeijing(verdict.latest), ...span }]);
    }
    return found;
  }
  function notProved(verdict) {
    const { bundle } = verdict, found = [];
    const erased = bundle.entries.filter(one => one.erasure), withheld = bundle.entries.filter(one => !one.act && !one.erasure);
    for (const [key, some] of [["bundle_late", verdict.lateOnes], ["bundle_erased", erased], ["bundle_withheld", withheld]])
      if (some.length) found.push([key, { count: some.length, indexes: named(some) }]);
    if (!verdict.witnessed && verdict.names.length) found.push(["few_witnesses", { names: verdict.names.join(", "), quorum: verdict.quorum }]);
    else if (!verdict.witnessed) found.push(["not_witnessed", {}]);
    if (verdict.latest === null) found.push(["not_time", {}]);
    return [...found, ["bundle_scope", { until: bundle.until }], ["bundle_twice", {}], ["bundle_name", { name: bundle.name, subjects: references(bundle.subjects) }], ["not_truth", {}]];
  }
  return { looksLike: written => written.startsWith("{"), judge, proved, notProved };
};
