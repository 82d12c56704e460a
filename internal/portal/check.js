// Checks an award in the visitor's own browser, after RFC 6962 section 2.1 and
// C2SP tlog-checkpoint. It trusts nothing that it can compute; what it could
// not check it says. Without a page around it, it is a module of functions.

const text = new TextEncoder()

export function fromHex(hex) {
  if (typeof hex !== 'string' || hex.length % 2 || /[^0-9a-f]/i.test(hex)) throw new Error('not hexadecimal')
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

function fromBase64(s) {
  return Uint8Array.from(atob(s), (c) => c.charCodeAt(0))
}

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])

async function sha256(...pieces) {
  const whole = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of pieces) {
    whole.set(p, at)
    at += p.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
}

/** The entry that the log holds of a record: SHA-256(salt ‖ canonical). */
export const entryOf = (salt, canonical) => sha256(fromHex(salt), text.encode(canonical))

/** The root that an entry and its path lead to (RFC 9162 section 2.1.3.2). */
export async function rootFrom(index, size, entry, path) {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new Error('the index is outside the tree')
  let node = index
  let last = size - 1
  let hash = await sha256(Uint8Array.of(0), entry)
  for (const sibling of path) {
    if (last === 0) throw new Error('the path is too long')
    if (node % 2 === 1 || node === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = await sha256(Uint8Array.of(1), hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new Error('the path is too short')
  return hash
}

/** Reads a signed checkpoint: origin, size, root, then signatures. */
export function parseCheckpoint(note) {
  const cut = note.indexOf('\n\n')
  const body = note.slice(0, cut + 1)
  const [origin = '', size = '', root = ''] = body.split('\n')
  if (cut < 0 || !/^\d+$/.test(size)) throw new Error('not a checkpoint')
  const signatures = note.slice(cut + 2).split('\n').filter((line) => line.startsWith('— ')).map((line) => {
    const [, name = '', raw = ''] = line.split(' ')
    return { name, bytes: fromBase64(raw) }
  })
  return { origin, size: Number(size), root: fromBase64(root), body, signatures }
}

/** Whether a checkpoint is signed with a verifier key (C2SP signed-note); null where there is no Ed25519 to check with. */
export async function signedBy(checkpoint, key) {
  const [name = '', id = '', ...rest] = key.trim().split('+')
  const raw = fromBase64(rest.join('+'))
  if (raw[0] !== 1 || raw.length !== 33) return false
  const signature = checkpoint.signatures.find((s) => s.name === name && same(s.bytes.slice(0, 4), fromHex(id)))
  if (!signature) return false
  let ours
  try {
    ours = await crypto.subtle.importKey('raw', raw.slice(1), 'Ed25519', false, ['verify'])
  } catch {
    return null
  }
  return crypto.subtle.verify('Ed25519', ours, signature.bytes.slice(4), text.encode(checkpoint.body))
}

/**
 * Checks one record. Each part is true, false, or null when it could not be
 * checked: content (the bytes are what was sealed), path (they lead to the
 * root), signature (the root is the log's), award (the bytes say what the
 * award says).
 */
export async function checkRecord(record, key, note, award) {
  const checkpoint = parseCheckpoint(note || record.checkpoint)
  const entry = fromHex(record.leaf)
  const out = { content: null, path: false, signature: await signedBy(checkpoint, key), award: null }
  if (record.canonical !== null && record.canonical !== undefined) {
    out.content = same(await entryOf(record.salt, record.canonical), entry)
    if (award) out.award = says(record.canonical, award)
  }
  try {
    out.path = same(await rootFrom(record.index, checkpoint.size, entry, record.path.map(fromHex)), checkpoint.root)
  } catch {
    out.path = false
  }
  return out
}

/** Whether the sealed bytes are of this award: its organisation, its measure and, in a decision, its number and amount. */
export function says(canonical, award) {
  const fact = JSON.parse(canonical)
  if (fact.subject !== award.code || fact.attributes.measure !== award.measure) return false
  if (fact.kind !== 'support.decided') return true
  return fact.attributes.application === award.number && fact.quantity.replace('.', '') === award.amount_fen.padStart(3, '0')
}

/** Whether all that could be checked agrees. */
export const holds = (r) => Object.values(r).every((part) => part !== false) && r.path === true

const words = {
  zh: { content: '内容与封存的一致', path: '在公开日志中，路径算得出根', signature: '根由日志的密钥签署', award: '记录的单位、措施、编号和金额与本页一致', good: '在公开日志中，未被改动', bad: '对不上：下面标出的一步不成立', no: '不成立', yes: '成立', cannot: '没有核对', ed: '（本浏览器不支持 Ed25519，签名没有核对，请用别的工具核对签名）', open: '（内容不公开）', secure: '本浏览器在这个地址下不能计算（需要 https 或 localhost）：没有核对。', broken: '读不懂贴进来的内容：', none: '没有可核对的记录。' },
  en: { content: 'The content is what was sealed', path: 'It is in the public log: the path leads to the root', signature: 'The root is signed with the log’s key', award: 'Its organisation, measure, number and amount are those on this page', good: 'In the public log, not changed', bad: 'It does not agree: the step marked below fails', no: 'fails', yes: 'holds', cannot: 'not checked', ed: ' (this browser has no Ed25519: check the signature with another tool)', open: ' (the content is not public)', secure: 'This browser cannot compute at this address (it needs https or localhost): nothing was checked.', broken: 'What was pasted cannot be read: ', none: 'There is no record to check.' },
}

function line(tag, cls, content) {
  const el = document.createElement(tag)
  el.className = cls
  el.textContent = content
  return el
}

async function report(into, proof, key, note) {
  const w = words[document.documentElement.lang.startsWith('en') ? 'en' : 'zh']
  into.replaceChildren()
  if (!globalThis.crypto?.subtle) return into.append(line('p', 'alert', w.secure))
  try {
    const records = proof.records ?? []
    if (records.length === 0) return into.append(line('p', 'soft', w.none))
    const results = []
    for (const record of records) results.push(await checkRecord(record, key, note, proof.award))
    const all = results.every(holds)
    into.append(line('p', all ? 'told' : 'alert', all ? w.good : w.bad))
    results.forEach((r, i) => {
      const list = line('ul', 'steps', '')
      for (const part of ['content', 'path', 'signature', 'award']) {
        const why = r[part] !== null ? '' : part === 'signature' ? w.ed : w.open
        const state = r[part] === null ? w.cannot : r[part] ? w.yes : w.no
        const item = line('li', r[part] === null ? 'poor' : r[part] ? 'good' : 'wrong', `${w[part]}: ${state}${why}`)
        item.dataset.mark = '算'
        item.dataset.part = part
        list.append(item)
      }
      into.append(line('p', 'note', `${records[i].kind ?? ''} #${records[i].index}`), list)
    })
  } catch (error) {
    into.append(line('p', 'alert', w.broken + error.message))
  }
}

if (typeof document !== 'undefined') {
  const shown = document.getElementById('proof')
  if (shown) {
    fetch(`/api/v1/awards/${encodeURIComponent(shown.dataset.number)}/proof`)
      .then((answer) => answer.json())
      .then((proof) => report(document.getElementById('verdict'), proof, proof.key, ''))
      .catch((error) => document.getElementById('verdict').append(line('p', 'alert', error.message)))
  }
  const value = (id) => document.getElementById(id).value
  document.getElementById('run')?.addEventListener('click', () => {
    const into = document.getElementById('ownverdict')
    try {
      // A note's text ends with a line break, which a text field may have lost.
      const note = value('note').trim() && `${value('note').replaceAll('\r\n', '\n').trim()}\n`
      report(into, JSON.parse(value('pasted')), value('key'), note)
    } catch (error) {
      report(into, { get records() { throw error } }, '', '')
    }
  })
}
