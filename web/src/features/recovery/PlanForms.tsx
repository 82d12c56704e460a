import { useState } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { parseYuan, plain as digits } from '@/money/fen'
import { ActForm, Field, Words } from '@/pattern/form/Form'
import { remit, reschedule } from './api'
import { PlanInput, planOf, type Typed } from './Fields'
import type { Recovery } from './model'

export function PlanForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const [rows, setRows] = useState<Typed[]>([{ due: '', yuan: digits(r.money.owed_fen) }])
  const [reason, setReason] = useState('')
  const send = useWrite(reschedule(r.id))
  return (
    <ActForm
      label={w.go.reschedule}
      error={send.error}
      pending={send.isPending}
      ready={reason.trim() !== '' && rows.every((row) => row.due !== '')}
      onSubmit={() => send.mutate({ revision: r.revision, reason: reason.trim(), instalments: planOf(rows) })}
    >
      <PlanInput rows={rows} onChange={setRows} />
      <Words label={w.reason} hint={w.reasonHint} rows={2} value={reason} onChange={setReason} />
    </ActForm>
  )
}

/** Proposes to write part of it off; a second person confirms. */
export function RemitForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const [yuan, setYuan] = useState('')
  const [words, setWords] = useState('')
  const [reason, setReason] = useState('')
  const send = useWrite(remit(r.id))
  const amount = parseYuan(yuan)
  return (
    <ActForm
      label={w.go.remit}
      error={send.error}
      pending={send.isPending}
      ready={amount !== null && reason.trim() !== ''}
      onSubmit={() => send.mutate({ revision: r.revision, reason: reason.trim(), amount_fen: amount ?? '0', authority: { words: words.trim(), document: '', clause: '' } })}
    >
      <Field label={w.amount} value={yuan} onChange={setYuan} />
      <Words label={w.words} hint={w.wordsHint} rows={2} value={words} onChange={setWords} />
      <Words label={w.reason} hint={w.reasonHint} rows={2} value={reason} onChange={setReason} />
    </ActForm>
  )
}
