import './call.css'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Schemas } from '@/api/client'
import { useWrite } from '@/api/write'
import { useKept } from '@/features/session/kept'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { decideAll, type BatchAct } from './api'
import { ready, type Call } from './model'

/** One decision on every ready case of a call; what was left is listed with its reason. */
export function Batch({ call, act }: { call: Call; act: BatchAct }) {
  const { d } = useLang()
  const kept = useKept<string>(`batch.${act}.${call.id}`)
  const [opinion, setOpinion] = useState(() => kept.read() ?? '')
  const write = useWrite(decideAll(call.id, act), () => {
    setOpinion('')
    kept.forget()
  })
  // The result stays after nothing waits any more.
  const waiting = ready(call, act)
  if (waiting === 0 && !write.data) return null
  const { title, note } = d.call.batch[act]
  return (
    <Card title={title} note={waiting > 0 && fill(d.call.cases, { n: waiting })}>
      <div className="act-form">
        <p className="note">{note}</p>
        <Input.TextArea
          rows={2}
          value={opinion}
          aria-label={d.call.opinion}
          placeholder={d.call.opinionHint}
          onChange={(event) => {
            setOpinion(event.target.value)
            kept.write(event.target.value)
          }}
        />
        <Button disabled={write.isPending || !opinion.trim()} onClick={() => write.mutate(opinion.trim())}>
          {title}
        </Button>
        {write.error && <ErrorPanel error={write.error} />}
        {write.data && <Result act={act} batch={write.data} />}
      </div>
    </Card>
  )
}

function Result({ act, batch }: { act: BatchAct; batch: Schemas['PolicyBatch'] }) {
  const { d, say } = useLang()
  return (
    <div role="status">
      <p>{fill(d.call.done[act], { n: batch.done })}</p>
      {batch.left.length > 0 && <p className="lacking">{fill(d.call.leftOver, { n: batch.left.length + batch.more })}</p>}
      <ul className="lacks">
        {batch.left.map((row) => (
          <li key={row.application}>
            <Link to={`/applications/${row.application}`} className="mono">
              {row.number}
            </Link>
            <div className="note">{say(row.reason)}</div>
          </li>
        ))}
      </ul>
      {batch.more > 0 && <p className="note">{fill(d.call.leftMore, { n: batch.more })}</p>}
    </div>
  )
}
