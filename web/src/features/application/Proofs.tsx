import './application.css'
import { useQueries } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { answer, api } from '@/api/client'
import { toFact, useKindName, useLog } from '@/features/evidence/api'
import { canHash } from '@/features/evidence/merkle'
import { holds, type Fact } from '@/features/evidence/model'
import { recompute } from '@/features/evidence/recompute'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import type { Recomputed } from '@/pattern/proof/ProofBadge'
import { Stamp } from '@/pattern/proof/Stamp'
import { ErrorPanel } from '@/pattern/state/states'

/** The facts under a calculation, by id, as far as the reader may open them. */
export function useFactsById(ids: string[]): Map<string, Fact> {
  const found = useQueries({
    queries: ids.map((id) => ({ queryKey: ['fact', id], queryFn: async () => toFact(await answer(api.GET('/facts/{id}', { params: { path: { id } } }))) })),
  })
  return new Map(found.flatMap((q) => (q.data ? [[q.data.id, q.data] as const] : [])))
}

interface Props {
  facts: Fact[]
  digest: string
  onResult: (state: Recomputed) => void
}

/** Every fact that the calculation rests on, recomputed up to the signed root on this machine. */
export function Proofs({ facts, digest, onResult }: Props) {
  const { d, say } = useLang()
  const log = useLog()
  const [state, show] = useState<Recomputed>('not_yet')
  const [broken, setBroken] = useState<string[]>([])
  const [error, setError] = useState<unknown>(null)
  const sealed = facts.filter((f) => f.seal.index !== null)
  const open = facts.length - sealed.length

  async function run() {
    if (!log.data) return
    const setState = (next: Recomputed) => {
      show(next)
      onResult(next)
    }
    if (!canHash()) return setState('cannot')
    setState('running')
    setError(null)
    try {
      const key = log.data
      const verdicts = await Promise.all(sealed.map(async (f) => ({ id: f.id, ok: holds(await recompute(f, key)) })))
      const differing = verdicts.filter((v) => !v.ok).map((v) => v.id)
      setBroken(differing)
      setState(differing.length === 0 ? 'same' : 'differs')
    } catch (e) {
      setError(e)
      setState('not_yet')
    }
  }
  if (facts.length === 0) return null
  return (
    <Card title={d.evidence.provable} extra={<span className={open > 0 ? 'chip chip-lacking' : 'chip chip-eligible'}>{open > 0 ? fill(d.application.unsealed, { n: open }) : d.application.sealed}</span>}>
      <ul className="proof-facts">
        {facts.map((f) => (
          <li key={f.id}>
            <Link to={`/evidence/facts/${encodeURIComponent(f.id)}`}>
              <Stamp hash={f.seal.leaf_hash} size={44} state={broken.includes(f.id) ? 'differs' : f.seal.index === null ? 'open' : 'sealed'} />
              <span className="note">{say(f.label) || f.kind}</span>
            </Link>
          </li>
        ))}
      </ul>
      {digest && (
        <p className="note">
          {d.application.digest} <span className="mono">{`${digest.slice(0, 4)} ${digest.slice(4, 8)} … ${digest.slice(-4)}`}</span>
        </p>
      )}
      <p role="status" className={state === 'same' ? 'ok' : state === 'differs' ? 'bad' : 'note'}>
        {state === 'not_yet' ? fill(d.application.proofHint, { n: sealed.length }) : d.proof.recomputed[state]}
        {broken.length > 0 && <span className="mono"> {broken.join(' ')}</span>}
      </p>
      <Button size="small" onClick={() => void run()} disabled={state === 'running' || sealed.length === 0}>
        {state === 'not_yet' ? d.proof.check : d.proof.again}
      </Button>
      {error !== null && <ErrorPanel error={error} unchanged="" />}
    </Card>
  )
}

/** A fact's kind and object, in the reader's language. */
export function useFactName(facts: string[]): (id: string) => string {
  const { say } = useLang()
  const known = useFactsById(facts)
  const kindName = useKindName()
  return (id) => {
    const fact = known.get(id)
    return fact ? [say(kindName(fact.kind)), fact.object].filter(Boolean).join(' · ') : id
  }
}
