// The module that checks an award, by itself: a log of seven entries made here,
// a good proof, and everything that may be wrong with one.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { checkRecord, holds, parseCheckpoint, rootFrom, says, signedBy } from '../../internal/portal/check.js'

const bytes = (text) => new TextEncoder().encode(text)
const hex = (b) => Buffer.from(b).toString('hex')
const sha = async (...pieces) => new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.concat(pieces)))
const base64 = (b) => Buffer.from(b).toString('base64')

const SIZE = 7
const NAME = 'test-log'
let record, key, other, award

async function treeHash(leaves) {
  if (leaves.length === 1) return leaves[0]
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha(Uint8Array.of(1), await treeHash(leaves.slice(0, k)), await treeHash(leaves.slice(k)))
}
async function pathTo(index, leaves) {
  if (leaves.length === 1) return []
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return index < k
    ? [...(await pathTo(index, leaves.slice(0, k))), await treeHash(leaves.slice(k))]
    : [...(await pathTo(index - k, leaves.slice(k))), await treeHash(leaves.slice(0, k))]
}
async function signer() {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  const raw = Buffer.concat([Uint8Array.of(1), new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))])
  const id = (await sha(bytes(`${NAME}\n`), raw)).slice(0, 4)
  return {
    key: `${NAME}+${hex(id)}+${base64(raw)}`,
    async sign(body) {
      const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes(body)))
      return `${body}\n— ${NAME} ${base64(Buffer.concat([id, signature]))}\n`
    },
  }
}

before(async () => {
  const canonical = JSON.stringify({ attributes: { application: 'QM-2025-0001', measure: '002-2' }, kind: 'support.decided', quantity: '144080.88', subject: '91520100MA6E00001X' })
  const salt = 'ab'.repeat(32)
  const entries = []
  for (let i = 0; i < SIZE; i++) entries.push(i === 5 ? await sha(Buffer.from(salt, 'hex'), bytes(canonical)) : await sha(bytes(`entry ${i}`)))
  const leaves = await Promise.all(entries.map((e) => sha(Uint8Array.of(0), e)))
  const ours = await signer()
  const theirs = await signer()
  const body = `${NAME}\n${SIZE}\n${base64(await treeHash(leaves))}\n`
  key = ours.key
  other = { key: theirs.key, note: await theirs.sign(body), root: await ours.sign(`${NAME}\n${SIZE}\n${base64(await sha(bytes('another root')))}\n`) }
  award = { number: 'QM-2025-0001', code: '91520100MA6E00001X', measure: '002-2', amount_fen: '14408088' }
  record = { canonical, salt, leaf: hex(entries[5]), index: 5, path: (await pathTo(5, leaves)).map(hex), checkpoint: await ours.sign(body) }
})

const wrong = async (changes, part, { by = key, note = '', of = award } = {}) => {
  const r = await checkRecord({ ...record, ...changes }, by, note, of)
  assert.equal(r[part], false, `${part}: ${JSON.stringify(r)}`)
  assert.equal(holds(r), false)
}

test('a good proof holds in every part', async () => {
  const r = await checkRecord(record, key, '', award)
  assert.deepEqual(r, { content: true, path: true, signature: true, award: true })
  assert.equal(holds(r), true)
})
test('a changed content or salt is not what was sealed', async () => {
  await wrong({ canonical: record.canonical.replace('144080.88', '944080.88') }, 'content')
  await wrong({ salt: `cd${record.salt.slice(2)}` }, 'content')
})
test('a changed leaf, path, index or length leads to another root', async () => {
  await wrong({ leaf: `00${record.leaf.slice(2)}` }, 'path')
  for (let i = 0; i < record.path.length; i++) {
    const path = record.path.slice()
    path[i] = `00${path[i].slice(2)}`
    await wrong({ path }, 'path')
  }
  await wrong({ path: record.path.slice(1) }, 'path')
  await wrong({ path: [...record.path, record.path[0]] }, 'path')
  await wrong({ path: ['zz'] }, 'path')
  for (const index of [0, 4, 6, 7, -1, 1.5]) await wrong({ index }, 'path')
})
test('a checkpoint of another key or another root is refused', async () => {
  await wrong({}, 'signature', { note: other.note })
  await wrong({}, 'signature', { by: other.key })
  await wrong({}, 'path', { note: other.root })
  await wrong({ checkpoint: record.checkpoint.replace(`\n${SIZE}\n`, '\n8\n') }, 'signature')
  assert.equal(await signedBy(parseCheckpoint(record.checkpoint), 'test-log+00000000+AAAA'), false)
  assert.throws(() => parseCheckpoint('no note'), /not a checkpoint/)
})
test('a record of another award does not stand for this one', async () => {
  for (const of of [{ ...award, number: 'QM-2025-0002' }, { ...award, amount_fen: '14408089' }, { ...award, code: 'x' }, { ...award, measure: '002-3' }]) await wrong({}, 'award', { of })
  assert.equal(says(record.canonical.replace('144080.88', '0.05'), { ...award, amount_fen: '5' }), true)
})
test('what is not public is said to be unchecked, and the rest still counts', async () => {
  const r = await checkRecord({ ...record, canonical: null, salt: null }, key, '', award)
  assert.deepEqual(r, { content: null, path: true, signature: true, award: null })
  assert.equal(holds(r), true)
})
test('every leaf of trees of many sizes is proved', async () => {
  for (let size = 1; size <= 17; size++) {
    const entries = await Promise.all(Array.from({ length: size }, (_, i) => sha(bytes(`${size}/${i}`))))
    const leaves = await Promise.all(entries.map((e) => sha(Uint8Array.of(0), e)))
    const root = hex(await treeHash(leaves))
    for (let i = 0; i < size; i++) assert.equal(hex(await rootFrom(i, size, entries[i], await pathTo(i, leaves))), root)
  }
})
