import { describe, expect, it } from 'vitest'
import { commitment, fromHex, leafHash, parseCheckpoint, rootFrom, sha256, signedBy, toHex, type Bytes } from './merkle'

const bytes = (text: string) => new TextEncoder().encode(text)

/** The tree by its definition, RFC 6962 section 2.1: the oracle for rootFrom. */
async function treeHash(entries: Uint8Array[]): Promise<Bytes> {
  if (entries.length === 1) return leafHash(entries[0] as Uint8Array)
  const k = split(entries.length)
  return sha256(Uint8Array.of(1), await treeHash(entries.slice(0, k)), await treeHash(entries.slice(k)))
}
async function pathOf(index: number, entries: Uint8Array[]): Promise<Bytes[]> {
  if (entries.length === 1) return []
  const k = split(entries.length)
  return index < k
    ? [...(await pathOf(index, entries.slice(0, k))), await treeHash(entries.slice(k))]
    : [...(await pathOf(index - k, entries.slice(k))), await treeHash(entries.slice(0, k))]
}
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

describe('inclusion', () => {
  it('leads every leaf of every tree up to 20 to the root of the definition', async () => {
    for (let size = 1; size <= 20; size++) {
      const entries = Array.from({ length: size }, (_, i) => bytes(`entry ${i}`))
      const root = toHex(await treeHash(entries))
      for (let index = 0; index < size; index++) {
        const leaf = await leafHash(entries[index] as Uint8Array)
        expect(toHex(await rootFrom(index, size, leaf, await pathOf(index, entries)))).toBe(root)
      }
    }
  })
  it('gives another root for an altered leaf, and refuses a path of the wrong length', async () => {
    const entries = ['a', 'b', 'c', 'd', 'e'].map(bytes)
    const path = await pathOf(3, entries)
    expect(toHex(await rootFrom(3, 5, await leafHash(bytes('x')), path))).not.toBe(toHex(await treeHash(entries)))
    await expect(rootFrom(3, 5, await leafHash(bytes('d')), path.slice(1))).rejects.toThrow('too short')
    await expect(rootFrom(3, 5, await leafHash(bytes('d')), [...path, ...path])).rejects.toThrow('too long')
    await expect(rootFrom(5, 5, await leafHash(bytes('d')), path)).rejects.toThrow('outside')
  })
})

it('commits to salt and fact together', async () => {
  // sha256("abc"), FIPS 180-4 example.
  expect(toHex(await commitment(bytes('a'), 'bc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

describe('checkpoint', () => {
  async function signed() {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const body = `qianmo.example/log\n5\n${btoa('r'.repeat(32))}\n`
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes(body)))
    const line = `— qianmo.example/log ${btoa(String.fromCharCode(1, 2, 3, 4, ...signature))}\n`
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    return { note: `${body}\n${line}`, key: `qianmo.example/log+01020304+${btoa(String.fromCharCode(1, ...raw))}` }
  }
  it('reads what was signed and by whom', async () => {
    const { note, key } = await signed()
    const checkpoint = parseCheckpoint(note)
    expect(checkpoint).toMatchObject({ origin: 'qianmo.example/log', size: 5 })
    expect(await signedBy(checkpoint, key)).toBe(true)
  })
  it('finds a changed size', async () => {
    const { note, key } = await signed()
    expect(await signedBy(parseCheckpoint(note.replace('\n5\n', '\n6\n')), key)).toBe(false)
  })
  it('refuses what is no checkpoint', () => expect(() => parseCheckpoint('hello')).toThrow('not a checkpoint'))
})

it('refuses text that is not hexadecimal', () => expect(() => fromHex('0g')).toThrow())
