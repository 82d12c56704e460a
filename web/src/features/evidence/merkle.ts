/**
 * Recomputing a proof in the reader's own browser, after RFC 6962 section 2.1:
 * nothing here trusts an answer of the server that it could compute itself.
 */
const LEAF = 0
const NODE = 1

export type Bytes = Uint8Array<ArrayBuffer>

export function fromHex(hex: string): Bytes {
  if (hex.length % 2 !== 0 || /[^0-9a-f]/i.test(hex)) throw new Error('not hexadecimal')
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
}

export function concat(...pieces: Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** WebCrypto exists only in secure contexts (HTTPS or localhost). */
export const canHash = (): boolean => typeof crypto !== 'undefined' && Boolean(crypto.subtle)

export async function sha256(...pieces: Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...pieces)))
}

/** What the log stores for a fact: SHA-256(salt ‖ canonical fact). The public log proves and leaks nothing. */
export function commitment(salt: Uint8Array, canonical: string): Promise<Bytes> {
  return sha256(salt, new TextEncoder().encode(canonical))
}

/** Hash of a log entry as a leaf of the tree. */
export function leafHash(entry: Uint8Array): Promise<Bytes> {
  return sha256(Uint8Array.of(LEAF), entry)
}

/** Root of the tree of the given size that the leaf and its path lead to (RFC 9162 section 2.1.3.2). */
export async function rootFrom(index: number, size: number, leaf: Uint8Array, path: Uint8Array[]): Promise<Bytes> {
  if (index < 0 || index >= size) throw new Error('the index is outside the tree')
  let node = index
  let last = size - 1
  let hash: Bytes = Uint8Array.from(leaf)
  for (const sibling of path) {
    if (last === 0) throw new Error('the path is too long')
    if (node % 2 === 1 || node === last) {
      hash = await sha256(Uint8Array.of(NODE), sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = await sha256(Uint8Array.of(NODE), hash, sibling)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new Error('the path is too short')
  return hash
}

export interface Checkpoint {
  origin: string
  size: number
  root: Bytes
  /** The signed text, up to and with the newline before the blank line. */
  body: string
  signatures: { name: string; keyId: Bytes; signature: Bytes }[]
}

/** Reads a signed checkpoint: origin, size, root, then signatures (C2SP tlog-checkpoint). */
export function parseCheckpoint(note: string): Checkpoint {
  const cut = note.indexOf('\n\n')
  const body = note.slice(0, cut + 1)
  const [origin = '', size = '', root = ''] = body.split('\n')
  if (cut < 0 || !/^\d+$/.test(size)) throw new Error('not a checkpoint')
  const signatures = note
    .slice(cut + 2)
    .split('\n')
    .filter((line) => line.startsWith('— '))
    .map((line) => {
      const [, name = '', text = ''] = line.split(' ')
      const raw = fromBase64(text)
      return { name, keyId: raw.slice(0, 4), signature: raw.slice(4) }
    })
  return { origin, size: Number(size), root: fromBase64(root), body, signatures }
}

/**
 * Whether one signature of the checkpoint is by the given verifier key
 * ("name+hash+base64", C2SP signed-note). Null when this browser has no Ed25519.
 */
export async function signedBy(checkpoint: Checkpoint, verifierKey: string): Promise<boolean | null> {
  const [name = '', , ...rest] = verifierKey.split('+')
  const raw = fromBase64(rest.join('+'))
  if (raw[0] !== 1 || raw.length !== 33) return false
  const signature = checkpoint.signatures.find((s) => s.name === name)
  if (!signature) return false
  try {
    const key = await crypto.subtle.importKey('raw', raw.slice(1), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, signature.signature, new TextEncoder().encode(checkpoint.body))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') return null
    throw error
  }
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
