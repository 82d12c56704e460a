import { useState } from 'react'
import type { Recomputed } from '@/pattern/proof/ProofBadge'
import { checkpoint, inclusion } from './api'
import { canHash, commitment, fromHex, leafHash, parseCheckpoint, rootFrom, same, signedBy, toHex } from './merkle'
import { holds, type Fact, type Log, type Verdict } from './model'

/** Recomputes a sealed fact from its bytes up to the signed root, trusting only the log's public key. */
export async function recompute(fact: Pick<Fact, 'seal' | 'salt' | 'canonical'>, log: Pick<Log, 'public_key'>): Promise<Verdict> {
  const index = fact.seal.index
  if (index === null) throw new Error('the fact is not sealed yet')
  const signed = parseCheckpoint(await checkpoint())
  const proof = await inclusion(index, signed.size)
  const claimed = fromHex(fact.seal.leaf_hash)
  let opened: Verdict['commitment'] = 'not_open'
  if (fact.salt !== null && fact.canonical !== null) {
    opened = same(await commitment(fromHex(fact.salt), fact.canonical), claimed) ? 'same' : 'differs'
  }
  const root = await rootFrom(index, signed.size, await leafHash(claimed), proof.hashes.map(fromHex))
  const signature = await signedBy(signed, log.public_key)
  return {
    commitment: opened,
    path: same(root, signed.root) ? 'same' : 'differs',
    signature: signature === null ? 'cannot' : signature ? 'same' : 'differs',
    root: toHex(root),
    steps: proof.hashes.length,
  }
}

/** Recomputing on demand, with its state for a proof badge. */
export function useRecompute(fact: Pick<Fact, 'seal' | 'salt' | 'canonical'> | undefined, log: Log | undefined, onResult?: (state: Recomputed) => void) {
  const [state, show] = useState<Recomputed>('not_yet')
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [error, setError] = useState<unknown>(null)
  function setState(next: Recomputed) {
    show(next)
    onResult?.(next)
  }
  async function run() {
    if (!fact || !log) return
    if (!canHash()) return setState('cannot')
    setState('running')
    setError(null)
    try {
      const result = await recompute(fact, log)
      setVerdict(result)
      setState(holds(result) ? 'same' : 'differs')
    } catch (e) {
      setError(e)
      setState('not_yet')
    }
  }
  return { state, verdict, error, run: () => void run() }
}
